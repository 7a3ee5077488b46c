"""What long-running processes share: signals, proof of life, and a small server for health and metrics."""

import signal
import sys
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event as Flag
from typing import Protocol

import structlog
from flask import Flask
from prometheus_client import CollectorRegistry
from werkzeug.serving import WSGIRequestHandler, make_server

from common import ops

SILENT_SECONDS = 60.0
# One event may move all rows of a province in its transaction: killed meanwhile, a consumer would begin it for ever.
SILENT_SECONDS_OF_CONSUMERS = 1800.0
logger = structlog.get_logger(__name__)


class Beat(Protocol):
    """Called at each round of a worker's loop; not `working`: the round failed for want of broker or database."""

    def __call__(self, *, working: bool = True) -> None: ...


class Pulse:
    """Alive while the loop comes round, ready while its rounds succeed: a restart does not bring a broker back."""

    def __init__(self, silent_seconds: float = SILENT_SECONDS) -> None:
        self._silent_seconds = silent_seconds
        self._last, self._working = time.monotonic(), False

    def beat(self, *, working: bool = True) -> None:
        self._last, self._working = time.monotonic(), working

    def is_live(self) -> bool:
        return time.monotonic() - self._last < self._silent_seconds

    def is_ready(self) -> bool:
        return self._working and self.is_live()


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        """Probes and scrapes are not worth a line."""


def run_worker(
    service: str,
    bind: str,
    port: int,
    registry: CollectorRegistry,
    work: Callable[[Flag, Beat], None],
    silent_seconds: float = SILENT_SECONDS,
) -> None:
    """Run `work(stop, beat)` until SIGTERM or SIGINT, with health and metrics beside it.

    Without a beat for `silent_seconds` the process counts as hanging, and is restarted.
    """
    stop, pulse = _stop_flag(), Pulse(silent_seconds)
    app = Flask(service)
    ops.register(app, registry, live=pulse.is_live, ready=pulse.is_ready)
    server = make_server(bind, port, app, threaded=True, request_handler=_Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    logger.info("worker_started", port=port)
    work(stop, pulse.beat)
    logger.info("worker_stopped")
    sys.stdout.flush()


def _stop_flag() -> Flag:
    """Set at SIGTERM or SIGINT, by a thread of its own.

    A signal handler that set it itself could interrupt the very `wait` that holds the flag's lock, and wait for ever.
    """
    stop, asked = Flag(), SimpleQueue[int]()

    def wait() -> None:
        asked.get()
        stop.set()

    threading.Thread(target=wait, daemon=True).start()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _: asked.put(received))
    return stop
