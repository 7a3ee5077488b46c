"""Health and metrics: the same three paths on every process."""

from collections.abc import Callable

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

PATHS = frozenset({"/healthz/live", "/healthz/ready", "/metrics"})


def register(app: Flask, registry: CollectorRegistry, *, live: Callable[[], bool], ready: Callable[[], bool]) -> None:
    """`live` false asks for a restart, `ready` false only for no traffic."""

    def answer(healthy: bool) -> Response:
        return Response("ok\n" if healthy else "not ok\n", 200 if healthy else 503, mimetype="text/plain")

    app.add_url_rule("/healthz/live", "live", lambda: answer(live()))
    app.add_url_rule("/healthz/ready", "ready", lambda: answer(ready()))
    app.add_url_rule(
        "/metrics", "metrics", lambda: Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
    )
