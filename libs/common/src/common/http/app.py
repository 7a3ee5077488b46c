"""The app factory, and the decorator that opens a request's only transaction."""

import functools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import flask_smorest
import structlog
from flask import Flask, Response, current_app, g, make_response, request
from flask_smorest.utils import get_appcontext
from opentelemetry.trace import SpanKind
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy import Engine, MetaData, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import QueuePool
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from common import ops, telemetry
from common.auth import Grants, Principal
from common.database import Actor, Context, UnitOfWork
from common.errors import Forbidden, Moved, Outcome, Unauthenticated
from common.http import docs, idempotency, limiting, versions
from common.http.problems import ProblemApi
from common.http.reading import ensure_known_query
from common.ids import new_id
from common.limits import Limits, Quotas
from common.messages import Catalogue
from common.tokens import Identity, Verifier

AUTHOR_ROLE = "author"  # The one role that is limited to a person's own rows instead of a unit's subtree.
View = Callable[..., Any]
MAX_UPLOAD_BYTES = 32 * 1024 * 1024  # Only for routes that take files; werkzeug spools them to disk.
MAX_JSON_BYTES = 2 * 1024 * 1024  # Held in memory by each thread; a province's reorganisation needs about 0.2 MiB.
WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Api:
    """What create_api needs to know of a service."""

    name: str
    title: str
    description: str
    metadata: MetaData
    engine: Engine
    verifier: Verifier
    blueprints: Iterable[flask_smorest.Blueprint]
    unit_of_work: Callable[[Context], UnitOfWork]
    limits: Limits = field(default_factory=Limits)
    trusted_proxies: int = 0
    observe: Callable[[CollectorRegistry], None] = lambda _: None  # Adds the service's own metrics.


def create_api(api: Api) -> Flask:
    """A Flask app with problems, metrics, health, OpenAPI 3.1 and the service's blueprints."""
    app = Flask(api.name, static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config.update(docs.config(api.title, api.description), MAX_CONTENT_LENGTH=MAX_JSON_BYTES)
    app.config["TRUSTED_PROXIES"] = api.trusted_proxies
    app.extensions["service"] = api
    app.extensions["grants"] = Grants(api.engine, api.metadata)
    smorest = ProblemApi(Catalogue(api.name))
    smorest.init_app(app)
    for blueprint in api.blueprints:
        smorest.register_blueprint(blueprint)
    docs.serve_assets(app)
    _register_ops(app, api)
    app.before_request(_admit_upload)
    app.before_request(ensure_known_query)
    return app


def _admit_upload() -> None:
    """Allow a large body where the route declares files and the client sends them."""
    view = current_app.view_functions.get(request.endpoint or "")
    if request.mimetype == "multipart/form-data" and getattr(view, "takes_files", False):
        request.max_content_length = MAX_UPLOAD_BYTES


def service_of() -> Api:
    """The running service, for a view that needs more than its unit of work."""
    return cast("Api", current_app.extensions["service"])


def identity() -> Identity:
    """Who sent the request. Raises Unauthenticated, or TooMany for who asks too often."""
    try:
        found = _verified()
    except Unauthenticated:
        limiting.admit_stranger()
        raise
    limiting.limiter().admit_identity(found.issuer, found.subject)
    return found


def _verified() -> Identity:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("auth.token_missing")
    return service_of().verifier.verify(token)


def acting_as(*roles: str) -> Callable[[View], View]:
    """Only for `roles`: opens the unit of work in the grant's tenant and scope, and passes it to the view.

    The outermost decorator of a view: the answer is made inside the transaction and sent after its commit.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def run(*args: Any, **kwargs: Any) -> Response:
            try:
                return _serve(roles, view, args, kwargs)
            except Moved:  # The grants are those of before the merge: ask again, once.
                grants: Grants = current_app.extensions["grants"]
                grants.forget(identity())
                return _serve(roles, view, args, kwargs)

        run.roles = frozenset(roles)  # type: ignore[attr-defined]
        _document(run, roles)
        return run

    return decorate


def _serve(roles: tuple[str, ...], view: View, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Response:
    principal = _resolve(roles)
    _take_body()
    key = idempotency.key_of_request()
    try:
        return _in_transaction(principal, key, view, args, kwargs)
    except Moved:
        raise
    except (IntegrityError, Outcome):
        # Of two equal requests at once one loses, by a constraint or by what the other has just changed.
        if key and (stored := _answer_of_the_winner(principal, key)):
            return stored
        raise


def public(view: View) -> View:
    """For everybody, without a token: the unit of work has no tenant, so only rows open to all are seen."""

    @functools.wraps(view)
    def run(*args: Any, **kwargs: Any) -> Response:
        limiting.admit_stranger()
        with service_of().unit_of_work(Context()) as uow:
            return make_response(view(uow, *args, **kwargs))

    run.roles = frozenset({"public"})  # type: ignore[attr-defined]
    return run


def _resolve(roles: tuple[str, ...]) -> Principal:
    grants: Grants = current_app.extensions["grants"]
    principal = grants.resolve(identity(), request.headers.get("X-Acting-As", ""))
    if principal.role not in roles:
        raise Forbidden("auth.role_not_allowed", role=principal.role)
    limiting.limiter().admit_tenant(principal.tenant)
    g.principal = principal
    structlog.contextvars.bind_contextvars(tenant=principal.tenant, grant_id=str(principal.grant_id))
    return principal


def _context(principal: Principal) -> Context:
    own, person = principal.role == AUTHOR_ROLE, str(principal.person_id)
    return Context(
        tenant=principal.tenant,
        scope="/" if own else principal.scope_path,
        person=person if own else "",
        reader=person,
        subject=principal.identity.subject,
        issuer=principal.identity.issuer,
        actor=_actor(principal),
    )


def _actor(principal: Principal) -> Actor:
    return Actor(
        person_id=str(principal.person_id),
        grant_id=str(principal.grant_id),
        role=principal.role,
        unit_id=str(principal.unit_id),
        request_id=g.request_id,
        process="api",
    )


def _take_body() -> None:
    """Before the transaction: a slow sender must not hold a database connection."""
    if request.method not in WITH_BODY:
        return
    unparsed = request.get_data(parse_form_data=True)
    if request.content_length is None and len(unparsed) >= MAX_JSON_BYTES:
        raise RequestEntityTooLarge  # werkzeug cuts a chunked body at the limit without a word.
    if (unparsed and not request.is_json) or request.mimetype == "application/x-www-form-urlencoded":
        raise UnsupportedMediaType


def _in_transaction(
    principal: Principal, key: idempotency.Key | None, view: View, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Response:
    api = service_of()
    with api.unit_of_work(_context(principal)) as uow:
        uow.standing.ensure_open()
        if key and (stored := idempotency.find(uow, api.metadata, principal.grant_id, key)):
            return stored
        answer = make_response(view(uow, *args, **kwargs))
        _tag(answer)
        if uow.tenant != principal.tenant:
            uow.enter_tenant(principal.tenant)  # The act went on in another tenant; its answer is the caller's.
        if key and answer.status_code < 300 and not answer.cache_control.no_store:
            idempotency.remember(uow, api.metadata, principal.grant_id, key, answer)
        return answer


def _answer_of_the_winner(principal: Principal, key: idempotency.Key) -> Response | None:
    api = service_of()
    with api.unit_of_work(_context(principal)) as uow:
        return idempotency.find(uow, api.metadata, principal.grant_id, key)


def _tag(answer: Response) -> None:
    """Give a single resource its version as ETag: that of the content, before it was written as JSON."""
    if answer.is_json and answer.status_code < 300 and request.method != "DELETE":
        body = get_appcontext().get("result_dump")
        if isinstance(body, dict) and isinstance(body.get("version"), int):
            answer.headers["ETag"] = versions.etag(body["version"])


def _document(view: View, roles: tuple[str, ...]) -> None:
    """Show who may call it, and the header that chooses the grant, in the OpenAPI document."""
    apidoc = getattr(view, "_apidoc", {})
    apidoc.setdefault("manual_doc", {})
    apidoc["manual_doc"]["security"] = [{"bearer": []}]
    apidoc["manual_doc"]["x-roles"] = sorted(roles)
    view._apidoc = apidoc  # type: ignore[attr-defined]


def _register_ops(app: Flask, api: Api) -> None:
    registry = CollectorRegistry()
    metrics = telemetry.HttpMetrics(registry)
    _observe_pool(api, registry)
    api.observe(registry)
    app.extensions["limiter"] = limiting.make_limiter(api.name, api.limits, Quotas(api.engine, api.metadata), registry)
    ops.register(app, registry, live=lambda: True, ready=lambda: _is_database_there(api.engine))

    @app.before_request
    def _begin() -> None:
        g.started = time.perf_counter()
        g.request_id = request.headers.get("X-Request-Id", "")[:64] or str(new_id())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service=api.name, process="api", request_id=g.request_id)
        if request.path not in ops.PATHS:
            g.span = telemetry.span(
                f"{request.method} {request.url_rule or 'unmatched'}", dict(request.headers), SpanKind.SERVER
            )
            g.span.__enter__()

    @app.after_request
    def _end(answer: Response) -> Response:
        route = str(request.url_rule or "unmatched")
        answer.headers["X-Request-Id"] = g.request_id
        if request.path not in ops.PATHS:
            seconds = time.perf_counter() - g.started
            metrics.observe(api.name, request.method, route, answer.status_code, seconds)
            log = logger.error if answer.status_code >= 500 else logger.info
            log("request", method=request.method, route=route, status=answer.status_code, ms=round(seconds * 1000, 1),
                exc_info=g.get("failure"))  # fmt: skip
        return answer

    @app.teardown_request
    def _close(_: BaseException | None) -> None:
        if "span" in g:
            g.pop("span").__exit__(None, None, None)


def _observe_pool(api: Api, registry: CollectorRegistry) -> None:
    pool = api.engine.pool
    if isinstance(pool, QueuePool):
        in_use = Gauge("database_pool_in_use", "Connections in use.", ["service"], registry=registry)
        size = Gauge("database_pool_size", "Connections the pool may hold.", ["service"], registry=registry)
        in_use.labels(api.name).set_function(pool.checkedout)
        size.labels(api.name).set_function(lambda: pool.size() + pool._max_overflow)


def _is_database_there(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            return bool(connection.scalar(text("SELECT 1")) == 1)
    except SQLAlchemyError:
        return False


def principal() -> Principal:
    """The principal of the running request."""
    return cast("Principal", g.principal)
