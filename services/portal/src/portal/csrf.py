"""Forms come from our own pages: a token of the session in every form, and the browser's word on the origin.

Flask's documented pattern (a token kept in the session, compared in before_request), without a library: the portal
builds its forms itself, so a form library's token would be the only part used.
"""

import hmac
import secrets

from flask import Flask, request, session
from markupsafe import Markup

from portal.clients import ApiError, text
from portal.settings import PortalSettings

FIELD = "_csrf"
REFUSED = "portal.csrf"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def protect(app: Flask, settings: PortalSettings) -> None:
    """Refuse every unsafe request that does not prove where it comes from."""
    own_origin = "/".join(settings.public_url.split("/")[:3])

    @app.before_request
    def _check() -> None:
        if request.method not in SAFE and not (_is_same_origin(own_origin) and _is_token_right()):
            raise ApiError(400, REFUSED, text(REFUSED), {})

    app.jinja_env.globals["csrf_field"] = field


def token() -> str:
    """The session's token, made when a page first needs it."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return str(session["csrf"])


def field() -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, token())


def _is_same_origin(own: str) -> bool:
    """Browsers say where a form comes from; what says nothing is judged by its token alone."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    return request.headers.get("Origin", own) == own


def is_surely_ours() -> bool:
    """The browser itself says that the form came from one of our pages: then it may be shown, to be sent again."""
    return request.headers.get("Sec-Fetch-Site") == "same-origin"


def _is_token_right() -> bool:
    """A session without a token has sent no form to anybody."""
    known, given = str(session.get("csrf", "")), request.form.get(FIELD, "")
    return bool(known) and hmac.compare_digest(given.encode(), known.encode())
