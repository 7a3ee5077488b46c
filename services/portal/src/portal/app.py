"""The composition root: settings, the four services, sign-in, guards, pages; the gunicorn target."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from common import clock, logs, telemetry
from common.settings import read
from flask import Flask, current_app, request, url_for
from werkzeug.wrappers import Response

from portal import clients, csrf, errors, formats, headers, labels, menu, observing, places, sign_in
from portal.session import PUBLIC_ENDPOINTS, ensure_role, expire, outgoing_headers, remember_return, visitor
from portal.settings import PortalSettings
from portal.views import BLUEPRINTS

MOST_BYTES = 32 * 1024 * 1024
STATIC_SECONDS = 31_536_000  # Addresses of assets carry their content's hash.


def create_app(settings: PortalSettings | None = None) -> Flask:
    settings = settings or read(PortalSettings)
    logs.configure("portal", "api", settings.log_level)
    telemetry.start_tracing("portal", settings.otel_exporter_otlp_endpoint)
    app = Flask("portal", root_path=str(Path(__file__).parent))
    _configure(app, settings)
    observing.observe(app)
    headers.protect(app, settings)
    errors.register(app)
    # First: what comes from elsewhere is refused, never kept on the page that lets an expired session send it again.
    csrf.protect(app, settings)
    _require_sign_in(app)
    sign_in.configure(app, settings)
    for blueprint in (sign_in.blueprint, *BLUEPRINTS):
        app.register_blueprint(blueprint)
    _prepare_templates(app)
    return app


def _configure(app: Flask, settings: PortalSettings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TRUSTED_PROXIES=settings.trusted_proxies,
        MAX_CONTENT_LENGTH=MOST_BYTES,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=STATIC_SECONDS,
        SESSION_COOKIE_NAME="__Host-sangtao" if settings.is_https else "sangtao",
        SESSION_COOKIE_SECURE=settings.is_https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.extensions["settings"] = settings
    urls = {
        "registration": settings.registration_url,
        "review": settings.review_url,
        "reporting": settings.reporting_url,
        "notifications": settings.notifications_url,
    }
    app.extensions["platform"] = clients.connect(urls, outgoing_headers)


def _require_sign_in(app: Flask) -> None:
    """Every page is closed unless it says that it is public."""

    @app.before_request
    def _check() -> Response | None:
        view = app.view_functions.get(request.endpoint or "")
        if view is None or request.endpoint in PUBLIC_ENDPOINTS or getattr(view, "is_public", False):
            return None
        who = visitor()
        if who is None:
            expire()
            return errors.ask_to_sign_in()
        if who.grant is None and not getattr(view, "needs_no_grant", False):
            remember_return()
            return errors.moved(url_for("sign_in.choose"))
        ensure_role()
        return None


def _prepare_templates(app: Flask) -> None:
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        number=formats.number, percent=formats.percent, day=formats.day, moment=formats.moment, size=formats.size
    )
    app.jinja_env.globals.update(
        labels=labels, word=labels.text, unit_name=places.unit_name, asset=_asset, admin_menu=menu.admin_entries
    )

    @app.context_processor
    def _of_the_visitor() -> dict[str, Any]:
        who = visitor()
        return {"visitor": who, "menu": menu.entries(who), "today": clock.today()}


def _asset(name: str) -> str:
    return url_for("static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((Path(str(current_app.static_folder)) / name).read_bytes()).hexdigest()[:12]
