"""What long-running processes share: signals, proof of life, and a small server for health and metrics."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from threading import Event as Flag

import structlog
from flask import Flask
from prometheus_client import CollectorRegistry
from werkzeug.serving import WSGIRequestHandler, make_server

from common import ops

SILENT_SECONDS = 60.0
logger = structlog.get_logger(__name__)


class Pulse:
    """Alive while the loop has come round lately; ready once it has come round at all."""

    def __init__(self) -> None:
        self._started, self._last = time.monotonic(), 0.0

    def beat(self) -> None:
        self._last = time.monotonic()

    def is_live(self) -> bool:
        return time.monotonic() - max(self._last, self._started) < SILENT_SECONDS

    def is_ready(self) -> bool:
        return self._last > 0 and self.is_live()


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Probes and scrapes are not worth a line."""


def run_worker(
    service: str,
    bind: str,
    port: int,
    registry: CollectorRegistry,
    work: Callable[[Flag, Callable[[], None]], None],
) -> None:
    """Run `work(stop, beat)` until SIGTERM or SIGINT, with health and metrics beside it."""
    stop, pulse = Flag(), Pulse()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app = Flask(service)
    ops.register(app, registry, live=pulse.is_live, ready=pulse.is_ready)
    server = make_server(bind, port, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    logger.info("worker_started", port=port)
    work(stop, pulse.beat)
    logger.info("worker_stopped")
    sys.stdout.flush()
