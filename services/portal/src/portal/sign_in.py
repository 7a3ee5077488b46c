"""OpenID Connect code flow with PKCE through Authlib, and the choice of the grant; knows no other page."""

import time
from typing import Any, cast
from uuid import UUID

import requests
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, session, url_for
from joserfc.errors import JoseError
from werkzeug.wrappers import Response

from portal.clients import ApiError, platform, text
from portal.providers import OWN, Provider
from portal.session import act_as, begin, public, return_path, signed_in, without_grant
from portal.settings import PortalSettings

blueprint = Blueprint("sign_in", __name__)
VISITED = ("authorization_endpoint", "end_session_endpoint")
logger = structlog.get_logger(__name__)


def configure(app: Flask, settings: PortalSettings) -> None:
    """Register the providers by their issuers; their addresses come from discovery when first needed."""
    oauth = OAuth(app)
    for provider in settings.providers:
        secret = provider.client_secret
        oauth.register(
            provider.key,
            client_id=provider.client_id,
            client_secret=secret or None,
            server_metadata_url=provider.discovery,
            client_kwargs={
                "scope": provider.scope,
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
                "default_timeout": 10,
            },
        )
    app.extensions["oauth"] = oauth
    app.extensions["providers"] = {provider.key: provider for provider in settings.providers}


def _settings() -> PortalSettings:
    return cast("PortalSettings", current_app.extensions["settings"])


def _providers() -> dict[str, Provider]:
    return cast("dict[str, Provider]", current_app.extensions["providers"])


def _provider(key: str) -> Provider:
    if key not in _providers():
        abort(404)
    return _providers()[key]


def _client(provider: Provider) -> Any:
    return current_app.extensions["oauth"].create_client(provider.key)


def _metadata(provider: Provider) -> dict[str, Any]:
    """What the issuer says of itself. Raises ApiError when it is silent, or is another than the configured one."""
    try:
        metadata = cast("dict[str, Any]", _client(provider).load_server_metadata())
    except (requests.RequestException, ValueError) as error:
        raise ApiError(503, "portal.issuer_unreachable", text("portal.issuer_unreachable"), {}) from error
    if metadata.get("issuer") != provider.issuer:
        logger.error("issuer_differs", configured=provider.issuer, found=metadata.get("issuer"))
        raise ApiError(503, "portal.issuer_unreachable", text("portal.issuer_unreachable"), {})
    metadata |= {name: provider.for_browsers(metadata[name]) for name in VISITED if name in metadata}
    return metadata


@blueprint.get("/sign-in")
@public
def start() -> Response | str:
    """To the only provider, or to the choice."""
    if len(_providers()) == 1:
        return start_at(OWN)
    return render_template("sign_in.html", providers=list(_providers().values()), last=session.get("provider", ""))


@blueprint.get("/sign-in/<key>")
@public
def start_at(key: str) -> Response:
    """To a provider, with a fresh state, nonce and code verifier; an attempt that was given up is forgotten."""
    provider = _provider(key)
    _metadata(provider)
    for name in [name for name in session if name.startswith("_state_")]:
        session.pop(name)
    back = _settings().public(provider.callback)
    return cast("Response", _client(provider).authorize_redirect(back, **provider.parameters))


@blueprint.get("/callback", defaults={"key": OWN})
@blueprint.get("/callback/<key>")
@public
def finish(key: str) -> Response:
    provider = _provider(key)
    claims = {
        "iss": {"essential": True, "value": _metadata(provider)["issuer"]},
        "aud": {"essential": True, "value": provider.client_id},
    }
    try:
        token = _client(provider).authorize_access_token(claims_options=claims, **provider.resource)
        who = token["userinfo"]
        expires = time.time() + int(token.get("expires_in", 300))
        # A subject is a name at its issuer: at another it is somebody else.
        begin(token["access_token"], expires, f"{key}/{who['sub']}", who.get("name") or who["sub"])
        session["provider"] = key
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
    provider = _providers().get(session.get("provider", OWN), _providers()[OWN])
    session.clear()
    home = _settings().public("/")
    try:
        if "end_session_endpoint" not in _metadata(provider):
            return redirect(home)
    except ApiError:
        return redirect(home)
    return redirect(_client(provider).create_logout_url(home, client_id=provider.client_id, state="")["url"])
