"""Request ids, traces, metrics, health and one JSON log line per request; never logs who or what was sent."""

import logging
import time

import structlog
from common import ops, telemetry
from common.ids import new_id
from flask import Flask, Response, g, request
from opentelemetry.trace import SpanKind
from prometheus_client import CollectorRegistry

# Its warnings hold addresses with what people searched for; clients says itself which service is silent.
logging.getLogger("urllib3").setLevel(logging.ERROR)
SILENT = ops.PATHS | {"/static/<path:filename>"}
logger = structlog.get_logger(__name__)


def observe(app: Flask) -> None:
    """The portal keeps no state, so it is ready as soon as it answers; a page says itself what is unreachable."""
    registry = CollectorRegistry()
    metrics = telemetry.HttpMetrics(registry)
    ops.register(app, registry, live=lambda: True, ready=lambda: True)

    @app.before_request
    def _begin() -> None:
        g.started, g.request_id = time.perf_counter(), str(new_id())
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(service="portal", process="api", request_id=g.request_id)
        if _route() not in SILENT:
            g.span = telemetry.span(f"{request.method} {_route()}", dict(request.headers), SpanKind.SERVER)
            g.span.__enter__()

    @app.after_request
    def _end(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.request_id
        if _route() not in SILENT:
            _record(metrics, answer.status_code)
        return answer

    @app.teardown_request
    def _close(_: BaseException | None) -> None:
        if "span" in g:
            g.pop("span").__exit__(None, None, None)


def _route() -> str:
    """The rule, never the path: paths hold ids, and the callback's query holds a code."""
    return str(request.url_rule or "unmatched")


def _record(metrics: telemetry.HttpMetrics, status: int) -> None:
    seconds = time.perf_counter() - g.started
    metrics.observe("portal", request.method, _route(), status, seconds)
    log = logger.error if status >= 500 else logger.info
    log("request", method=request.method, route=_route(), status=status, ms=round(seconds * 1000, 1),
        exc_info=g.get("failure"))  # fmt: skip
