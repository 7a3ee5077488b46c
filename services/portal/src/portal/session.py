"""Who is looking: the signed cookie with the access token and the grant acted under; knows no page."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID

from common import telemetry
from common.centre import CENTRE
from flask import current_app, g, request, session

from portal.clients import ApiError, text

View = TypeVar("View", bound=Callable[..., Any])
EARLY_SECONDS = 20  # A token that ends while a page is being made is of no use.
COOKIE_BYTES = 3900  # Browsers drop a cookie of more than 4096 bytes without a word.
# Written by common.ops and Flask itself, so they cannot carry the mark of `public`.
PUBLIC_ENDPOINTS = frozenset({"static", "live", "ready", "metrics"})


@dataclass(frozen=True)
class Grant:
    """The role and unit that a visitor acts under; `absent` is on whose behalf, when it was lent."""

    id: str
    role: str
    tenant: str
    unit_id: str
    unit: str
    level: str
    scope_path: str
    person_id: str
    absent: str = ""


@dataclass(frozen=True)
class Visitor:
    """A person who is signed in; `grant` is None until one is chosen."""

    name: str
    token: str
    grant: Grant | None
    has_several: bool

    @property
    def role(self) -> str:
        return self.grant.role if self.grant else ""


def public(view: View) -> View:
    """Open to everybody; every other page asks for sign-in."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


def without_grant(view: View) -> View:
    """For who is signed in but has not yet chosen what to act as."""
    view.needs_no_grant = True  # type: ignore[attr-defined]
    return view


def for_roles(*roles: str) -> Callable[[View], View]:
    """Only these roles are shown the page. The services decide again; this spares a form that could not be sent."""

    def mark(view: View) -> View:
        view.roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def visitor() -> Visitor | None:
    """Who is signed in with a token that is still good."""
    if "visitor" not in g:
        g.visitor = _visitor()
    return cast("Visitor | None", g.visitor)


def signed_in() -> Visitor:
    """The visitor of a page that is not public."""
    found = visitor()
    assert found is not None, "the page is not public, so somebody is signed in"  # noqa: S101
    return found


def grant() -> Grant:
    """The grant of a page that needs one."""
    chosen = signed_in().grant
    assert chosen is not None, "the page needs a grant, so one is chosen"  # noqa: S101
    return chosen


def reaches_everything() -> bool:
    """The grant is one at the root: of the whole province."""
    return "/" not in grant().scope_path.strip("/")


def acts_for_the_centre() -> bool:
    """The grant is one at the centre's root: what provinces give to the centre is for it."""
    return grant().tenant == CENTRE and reaches_everything()


def is_in_a_province() -> bool:
    """Where dossiers are made and judged; the centre has those that it was given."""
    return grant().tenant != CENTRE


def gives_to_the_centre() -> bool:
    """The grant is one of a whole province: of what it has, it can give."""
    return is_in_a_province() and reaches_everything()


def _visitor() -> Visitor | None:
    if "token" not in session or session.get("expires", 0) < time.time() + EARLY_SECONDS:
        return None
    chosen = Grant(**session["grant"]) if session.get("grant") else None
    return Visitor(session["name"], session["token"], chosen, bool(session.get("several")))


def begin(token: str, expires: float, subject: str, name: str) -> None:
    """Start a session. The same person coming back keeps the CSRF token, so that forms left open can still be sent."""
    kept = session.get("csrf") if session.get("subject") == subject else None
    return_to = session.get("return_to")
    session.clear()
    session.update(token=token, expires=expires, subject=subject, name=name[:80])
    if kept:
        session["csrf"] = kept
    if return_to:
        session["return_to"] = return_to
    g.pop("visitor", None)
    _ensure_it_fits()


def _ensure_it_fits() -> None:
    """Raises ApiError, and ends the session, when the token and what else it holds do not fit into a cookie."""
    if len(_serialised()) > COOKIE_BYTES:
        session.clear()
        raise ApiError(500, "portal.too_large", text("portal.too_large"), {})


def _serialised() -> str:
    serializer = current_app.session_interface.get_signing_serializer(current_app)  # type: ignore[attr-defined]
    return cast("str", serializer.dumps(dict(session)))


def expire() -> None:
    """The token is no longer good. Who it was and the form token stay, so that work can go on after signing in."""
    session.pop("token", None)
    session.pop("grant", None)
    g.pop("visitor", None)


def act_as(chosen: dict[str, Any], several: bool) -> None:
    """Use this grant (as registration's /me lists it) from now on."""
    unit = chosen["unit"]
    session["several"] = several
    session["grant"] = {
        "id": str(UUID(str(chosen["id"]))),
        "role": chosen["role"],
        "tenant": chosen["tenant"],
        "unit_id": str(unit["id"]),
        "unit": unit["name"],
        "level": unit.get("level", ""),
        "scope_path": chosen["scope_path"],
        "person_id": str(chosen["person_id"]),
        "absent": chosen.get("on_behalf_of_name") or "",
    }
    g.pop("visitor", None)
    _ensure_it_fits()


def drop_grant() -> None:
    session.pop("grant", None)
    g.pop("visitor", None)


def address() -> str:
    """Where the visitor is: what the last of the trusted proxies tells. Services limit strangers by it."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted: int = current_app.config["TRUSTED_PROXIES"]
    return told[-trusted] if 0 < trusted <= len(told) else request.remote_addr or ""


def outgoing_headers() -> dict[str, str]:
    """What a call to a service says of the visitor and of the request it belongs to."""
    headers = {"Accept-Language": "vi", "X-Request-Id": g.get("request_id", ""), "X-Forwarded-For": address()}
    if traceparent := telemetry.current_traceparent():
        headers["traceparent"] = traceparent
    if who := visitor():
        headers["Authorization"] = f"Bearer {who.token}"
        if who.grant:
            headers["X-Acting-As"] = who.grant.id
    return headers


def return_path() -> str:
    """Where to go after signing in: a page of ours that was asked for, taken from the session, never from a link."""
    return str(session.pop("return_to", "/home"))


def remember_return() -> None:
    """Only pages are worth coming back to, not forms that were sent; and none is worth the session."""
    if request.method == "GET":
        session["return_to"] = request.full_path.rstrip("?")[:500]
        if len(_serialised()) > COOKIE_BYTES:
            session.pop("return_to")


def ensure_role() -> None:
    """Raises ApiError 403 when the page is for other roles."""
    roles = getattr(current_app.view_functions.get(request.endpoint or ""), "roles", None)
    who = visitor()
    if roles and who and who.role not in roles:
        raise ApiError(403, "portal.role", text("portal.role"), {})
