"""OpenID Connect code flow with PKCE through Authlib, and the choice of the grant; knows no other page."""

import time
from typing import Any, cast
from uuid import UUID

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, current_app, redirect, render_template, request, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from portal.clients import ApiError, platform, text
from portal.session import TooLarge, act_as, begin, public, return_path, signed_in, without_grant
from portal.settings import PortalSettings

blueprint = Blueprint("sign_in", __name__)
VISITED = ("authorization_endpoint", "end_session_endpoint")
logger = structlog.get_logger(__name__)


def configure(app: Flask, settings: PortalSettings) -> None:
    """Register the provider by its issuer; its addresses come from discovery when first needed."""
    oauth = OAuth(app)
    secret = settings.oidc_client_secret
    oauth.register(
        "issuer",
        client_id=settings.oidc_client_id,
        client_secret=secret or None,
        server_metadata_url=settings.discovery,
        client_kwargs={
            "scope": "openid profile email",
            "code_challenge_method": "S256",
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            "default_timeout": 10,
        },
    )
    app.extensions["oauth"] = oauth


def _settings() -> PortalSettings:
    return cast("PortalSettings", current_app.extensions["settings"])


def _provider() -> Any:
    return current_app.extensions["oauth"].issuer


def _metadata() -> dict[str, Any]:
    """What the issuer says of itself. Raises ApiError when it is silent, or is another than the configured one."""
    try:
        metadata = cast("dict[str, Any]", _provider().load_server_metadata())
    except (requests.RequestException, ValueError) as error:
        raise ApiError(503, "portal.issuer_unreachable", text("portal.issuer_unreachable"), {}) from error
    if metadata.get("issuer") != _settings().oidc_issuer:
        logger.error("issuer_differs", configured=_settings().oidc_issuer, found=metadata.get("issuer"))
        raise ApiError(503, "portal.issuer_unreachable", text("portal.issuer_unreachable"), {})
    metadata |= {name: _settings().for_browsers(metadata[name]) for name in VISITED if name in metadata}
    return metadata


@blueprint.get("/sign-in")
@public
def start() -> Response:
    """To the provider, with a fresh state, nonce and code verifier; an attempt that was given up is forgotten."""
    _metadata()
    for name in [name for name in session if name.startswith("_state_")]:
        session.pop(name)
    return cast("Response", _provider().authorize_redirect(_settings().public("/callback")))


@blueprint.get("/callback")
@public
def finish() -> Response:
    metadata = _metadata()
    claims = {
        "iss": {"essential": True, "value": metadata["issuer"]},
        "aud": {"essential": True, "value": _settings().oidc_client_id},
    }
    try:
        token = _provider().authorize_access_token(claims_options=claims)
        who = token["userinfo"]
        expires = time.time() + int(token.get("expires_in", 300))
        begin(token["access_token"], expires, who["sub"], who.get("name") or who["sub"])
    except TooLarge as error:
        raise ApiError(500, "portal.too_large", text("portal.too_large"), {}) from error
    except (AuthlibBaseError, JoseError, KeyError, ValueError, requests.RequestException) as error:
        logger.warning("sign_in_failed", reason=type(error).__name__)
        raise ApiError(400, "portal.sign_in_failed", text("portal.sign_in_failed"), {}) from error
    return enter()


def enter() -> Response:
    """On to the page that was asked for; with several grants, or none, by way of the choice."""
    grants = platform().registration.me()["grants"]
    if len(grants) != 1:
        return redirect(url_for("sign_in.choose"))
    act_as(grants[0], several=False)
    return redirect(_settings().public(return_path()))


@blueprint.get("/acting-as")
@without_grant
def choose() -> str:
    grants = platform().registration.me()["grants"]
    return render_template("acting_as.html", grants=grants, chosen=signed_in().grant)


@blueprint.post("/acting-as")
@without_grant
def choose_one() -> Response:
    grants = platform().registration.me()["grants"]
    wanted = request.form.get("grant", "")
    for grant in grants:
        if str(UUID(str(grant["id"]))) == wanted:
            act_as(grant, several=len(grants) > 1)
            return redirect(_settings().public(return_path()))
    return redirect(url_for("sign_in.choose"))


@blueprint.post("/sign-out")
@public
def leave() -> Response:
    """End the session here, then at the provider when it offers that."""
    session.clear()
    home = _settings().public("/")
    try:
        if "end_session_endpoint" not in _metadata():
            return redirect(home)
    except ApiError:
        return redirect(home)
    client = _settings().oidc_client_id
    return redirect(_provider().create_logout_url(home, client_id=client, state="")["url"])
