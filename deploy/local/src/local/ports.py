"""Which port each process has, counted from one base; knows nothing of the processes."""

import os
import socket
import time

SETTING = "BASE_PORT"
DEFAULT_BASE = 8080
OFFSETS = {
    "portal": 0,
    "registration": 1,
    "review": 2,
    "reporting": 3,
    "notifications": 4,
    "identity": 5,
    "registration-relay": 11,
    "review-relay": 12,
    "reporting-relay": 13,
    "notifications-relay": 14,
    "registration-consume": 21,
    "review-consume": 22,
    "reporting-consume": 23,
    "notifications-consume": 24,
    "notifications-deliver": 25,
    "postgres": 31,
    "valkey": 32,
    "mailbox": 33,
    "rabbitmq": 34,
    "rabbitmq-distribution": 35,
    "epmd": 36,
}
# Blocks for throwaway runs, below the ports that the system hands out for outgoing connections.
_FIRST, _BLOCK, _BLOCKS = 18_080, 40, 320


class PortInUse(Exception):
    """Another program has a port that is needed; the message names it and the setting that moves it."""


def configured_base() -> int:
    """The base port from the environment, or the default."""
    return int(os.environ.get(SETTING, DEFAULT_BASE))


def ports(base: int) -> dict[str, int]:
    return {name: base + offset for name, offset in OFFSETS.items()}


def ensure_free(base: int, patience: float = 0) -> None:
    """Wait that many seconds for processes of a run that was killed to let go of their ports."""
    deadline = time.monotonic() + patience
    while taken := [port for port in ports(base).values() if not _is_free(port)]:
        if time.monotonic() > deadline:
            numbers = ", ".join(map(str, taken))
            raise PortInUse(
                f"Cổng {numbers} đang được chương trình khác sử dụng. Chọn cổng khác bằng {SETTING}, "
                f"ví dụ {SETTING}={base + 1000}.\n"
                f"Port {numbers} is in use by another program. Choose others with {SETTING}, "
                f"for example {SETTING}={base + 1000}."
            )
        time.sleep(0.1)


def free_base() -> int:
    """A base whose ports are all free now; for tests and throwaway runs, which may run beside each other."""
    for attempt in range(_BLOCKS):
        # Runs that start together look from different places, so that they do not find the same block.
        base = _FIRST + (os.getpid() * 7 + attempt) % _BLOCKS * _BLOCK
        if all(_is_free(port) for port in ports(base).values()):
            return base
    raise PortInUse("No block of free ports was found.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
