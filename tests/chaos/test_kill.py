"""Processes killed with SIGKILL at random moments while the real case is loaded: every figure still comes out equal.

The loader asks again with the same idempotency key, as a careful client would; nothing is told when the kills come.
"""

import random
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from local.platform import Platform
from local.ports import free_base
from local.rabbitmq import unavailable

SEED = 20190617
KILLS_EVERY_SECONDS = (0.5, 1.5)
# RabbitMQ needs up to fifteen seconds to start on a busy machine: killed more often, it would never serve.
BROKER_RESTS_SECONDS = 20.0
# Each of these is hit once before chance decides.
VICTIMS = (
    "registration-relay",
    "review-relay",
    "registration-consume",
    "review-consume",
    "reporting-consume",
    "notifications-consume",
    "registration-api",
    "review-api",
)


class Killer(threading.Thread):
    """Kills one process after another until told to stop."""

    def __init__(self, platform: Platform, victims: tuple[str, ...]) -> None:
        super().__init__(daemon=True)
        self._platform, self._victims, self._broker = platform, victims, victims[-1]
        self._broker_rests_until = 0.0
        self._chance, self._stop_asked = random.Random(SEED), threading.Event()  # noqa: S311 -- not a secret.
        self.killed: list[str] = []

    def run(self) -> None:
        waiting = self._chance.sample(self._victims, len(self._victims))
        while waiting or not self._stop_asked.is_set():
            time.sleep(self._chance.uniform(*KILLS_EVERY_SECONDS))
            name = waiting.pop() if waiting else self._chance.choice(self._victims)
            if name == self._broker:
                if time.monotonic() < self._broker_rests_until:
                    continue
                self._broker_rests_until = time.monotonic() + BROKER_RESTS_SECONDS
            self._platform.kill(name)
            self.killed.append(name)

    def stop(self) -> None:
        """Once everything was killed, at the latest while the last events are on their way."""
        self._stop_asked.set()
        self.join()


@pytest.mark.timeout(600)
@pytest.mark.parametrize("broker", ["valkey", "rabbitmq"])
def test_the_figures_come_out_equal_whatever_is_killed(
    broker: Any, tmp_path: Path, make_case: Callable[..., Any], skip_or_fail: Callable[[str], None]
) -> None:
    from demo import evaluate_when_settled
    from dossiers import expected
    from figures import FIGURES

    if broker == "rabbitmq" and (reason := unavailable()):
        skip_or_fail(reason)
    # A message that a dead consumer held comes back after this many seconds on Valkey.
    platform = Platform(tmp_path / "state", free_base(), broker, {"BROKER_VISIBILITY_SECONDS": "5"})
    with platform:
        killer = Killer(platform, (*VICTIMS, broker))
        killer.start()
        try:
            case = make_case(platform)
            case.load()
        finally:
            killer.stop()
        found = evaluate_when_settled(case, patience=120.0)
        assert found == {name: expected()[name] for name in FIGURES}
        _ensure_nothing_waits(platform)
    platform.discard()


def _ensure_nothing_waits(platform: Platform) -> None:
    """No dead letter is left for a person once the retries have run."""
    deadline = time.monotonic() + 60
    services = ("registration", "review", "reporting", "notifications")
    while left := [
        platform.run(service, "dead-letters", "list")
        for service in services
        if platform.run(service, "dead-letters", "list").strip()
    ]:
        assert time.monotonic() < deadline, left
        time.sleep(1)
