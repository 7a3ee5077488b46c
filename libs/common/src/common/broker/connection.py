"""What a connection to either broker can do; knows neither of them."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Self


class Unconfirmed(ConnectionError):
    """The broker did not take every message of a batch; none of them counts as published."""


class NoSuchQueue(LookupError):
    """A queue was named that nobody has declared."""

    def __str__(self) -> str:
        return f"there is no queue {self.args[0]!r}"


def aside(queue: str) -> str:
    """The queue of what the broker laid aside of a queue: messages that ended their consumer each time."""
    return f"{queue}.undeliverable"


@dataclass(frozen=True)
class Delivery:
    """A message in hand: the broker gives it again, here or elsewhere, until it is acknowledged."""

    body: bytes | str
    tag: Any


class Connection(ABC):
    """Open from the start; everything on it raises one of `broker.ERRORS` once the broker is gone. One thread only."""

    @abstractmethod
    def declare(self, queue: str, event_types: Iterable[str]) -> None:
        """Make the durable queue of a service, bound to each event type of every tenant. Idempotent.

        Run at deploy time: an event that no queue is bound to is not kept.
        """

    @abstractmethod
    def publish(self, messages: Sequence[tuple[str, str]], *, queue: str = "") -> None:
        """Send (routing key, body) pairs to whoever is bound, or straight to one queue, in order.

        Returns when the broker has answered for every message. Raises Unconfirmed or NoSuchQueue.
        """

    @abstractmethod
    def subscribe(self, queue: str, limit: int) -> None:
        """Receive from this queue from now on, with at most `limit` messages in hand."""

    @abstractmethod
    def receive(self, patience: float) -> list[Delivery]:
        """What has come, up to the limit; waits `patience` seconds for a first message."""

    @abstractmethod
    def acknowledge(self, deliveries: Sequence[Delivery]) -> None:
        """Everything that is in hand has been dealt with: the broker may forget it."""

    @abstractmethod
    def count_aside(self, queue: str) -> int:
        """How many messages of this queue are laid aside, in `aside(queue)`; 0 also where nothing ever is."""

    @abstractmethod
    def keep_alive(self) -> None:
        """Call about once a second while nothing else is called, or the broker takes this side for dead."""

    @abstractmethod
    def close(self) -> None:
        """Give back what is in hand, and leave."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
