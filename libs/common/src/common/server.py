"""gunicorn for an API: one worker with threads per process; more load means more replicas."""

import os
import sys
from importlib import import_module
from typing import Any

from gunicorn.app.base import BaseApplication

from common.settings import ApiSettings, ProcessSettings

GRACEFUL_SECONDS = 25


class _Server(BaseApplication):
    def __init__(self, service: str, options: dict[str, Any]) -> None:
        self._service, self._options = service, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return import_module(f"{self._service}.app").create_app()


def run(service: str, settings: ApiSettings | ProcessSettings) -> None:
    """Serve `<service>.app:create_app()` until SIGTERM; running requests get GRACEFUL_SECONDS to end."""
    options = {
        "bind": f"{settings.bind}:{settings.port}",
        "workers": 1,
        "worker_class": "gthread",
        "threads": getattr(settings, "threads", 8),
        "timeout": 60,
        "graceful_timeout": GRACEFUL_SECONDS,
        "keepalive": 75,
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108
        "control_socket_disable": True,  # Its default path is shared by every service of a user.
        "proc_name": service,
        "loglevel": "warning",
    }
    sys.stdout.flush()
    _Server(service, options).run()
