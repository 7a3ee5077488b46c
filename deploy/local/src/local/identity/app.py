"""The provider over HTTP: discovery, sign-in page, tokens, user information; the composition root for gunicorn."""

from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from common import ops
from common.settings import read
from flask import Flask, Response, jsonify, redirect, render_template, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from prometheus_client import CollectorRegistry
from werkzeug.wrappers import Response as AnyResponse

from local.identity.clients import AUDIENCE, PORTAL_CLIENT
from local.identity.keys import ALGORITHM, signing_keys
from local.identity.provider import SCOPES, Provider, user
from local.identity.settings import IdentitySettings
from local.personas import by_tenant


def create_app(settings: IdentitySettings | None = None) -> Flask:
    settings = settings or read(IdentitySettings)
    app = Flask(__name__)
    keys = signing_keys(settings.state)
    provider = Provider(app, settings, keys)
    _describe(app, settings, keys)
    _sign_in(app, provider)
    _user_information(app, settings, keys)
    _sign_out(app, provider)
    app.after_request(_guard)
    return app


def _guard(response: Response) -> Response:
    response.headers["X-Frame-Options"] = "DENY"
    response.headers.setdefault("Cache-Control", "no-store")
    return response


_ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "end_session_endpoint": "/logout",
    "jwks_uri": "/jwks",
}


def _describe(app: Flask, settings: IdentitySettings, keys: KeySet) -> None:
    document = {
        "issuer": settings.issuer,
        "scopes_supported": SCOPES,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["none"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "name", "email"],
    }

    @app.get("/.well-known/openid-configuration")
    def discovery() -> Response:
        # Inside a cluster the provider has another address than in the browser: who asks gets addresses they reach.
        here = request.host_url.rstrip("/")
        return jsonify(document | {name: f"{here}{path}" for name, path in _ENDPOINTS.items()})

    @app.get("/jwks")
    def jwks() -> Response:
        return jsonify(keys.as_dict(private=False))

    ops.register(app, CollectorRegistry(), live=lambda: True, ready=lambda: True)


def _sign_in(app: Flask, provider: Provider) -> None:
    @app.get("/")
    def start() -> str:
        return render_template("start.html", groups=by_tenant())

    @app.get("/authorize")
    def choose() -> str:
        provider.get_consent_grant()
        return render_template("choose.html", groups=by_tenant())

    @app.post("/authorize")
    def sign_in() -> Any:
        grant = provider.get_consent_grant()
        chosen = user(request.form.get("persona", ""))
        return provider.create_authorization_response(grant=grant, grant_user=chosen)

    @app.post("/token")
    def token() -> Any:
        return provider.create_token_response()

    @app.errorhandler(OAuth2Error)
    def refuse(error: OAuth2Error) -> Any:
        if error.redirect_uri:
            return provider.handle_error_response(None, error)
        # Where the request came from is not known to be ours, so the browser is not sent back there.
        return render_template("refused.html", reason=error.get_error_description() or error.error), 400


def _user_information(app: Flask, settings: IdentitySettings, keys: KeySet) -> None:
    expected = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": settings.issuer}, aud={"essential": True, "value": AUDIENCE}
    )

    @app.route("/userinfo", methods=["GET", "POST"])
    def userinfo() -> AnyResponse:
        value = request.headers.get("Authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(value, keys, algorithms=[ALGORITHM]).claims
            expected.validate(claims)
        except (JoseError, ValueError):
            challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
            return Response(status=401, headers=challenge)
        return jsonify({name: claims[name] for name in ("sub", "name", "email")})


def _sign_out(app: Flask, provider: Provider) -> None:
    @app.route("/logout", methods=["GET", "POST"])
    def logout() -> AnyResponse | str:
        """Nothing is remembered here between two sign-ins, so there is only the way back to find."""
        client = provider.clients.get(request.values.get("client_id", PORTAL_CLIENT))
        target = request.values.get("post_logout_redirect_uri")
        if client is None or target is None or not client.may_return_to(target):
            return render_template("signed_out.html")
        state = request.values.get("state")
        return redirect(f"{target}?{urlencode({'state': state})}" if state else target)
