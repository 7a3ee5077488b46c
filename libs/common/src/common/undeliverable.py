"""What the broker laid aside since it ended its consumer each time: read, and given again by a person."""

from common import broker
from common.broker import Connection, Delivery
from common.events import Event

PATIENCE_SECONDS = 2.0
AT_ONCE = 10_000  # AMQP has sixteen bits for how many may be in hand.


def take(connection: Connection, queue: str) -> list[Delivery]:
    """What is laid aside of this queue, in hand: it goes back when the connection ends, unless acknowledged."""
    count, taken = min(connection.count_aside(queue), AT_ONCE), list[Delivery]()
    if count:
        connection.subscribe(broker.aside(queue), count)
    while len(taken) < count and (more := connection.receive(PATIENCE_SECONDS)):
        taken += more
    return taken


def give_again(connection: Connection, queue: str) -> int:
    """Back into the queue, in order, with all their tries before them; returns how many.

    First confirmed there, then forgotten here: a crash in between leaves them in both, and the inbox recognises them.
    """
    taken = take(connection, queue)
    if taken:
        connection.publish([("", _text(delivery)) for delivery in taken], queue=queue)
        connection.acknowledge(taken)
    return len(taken)


def describe(delivery: Delivery) -> tuple[str, ...]:
    """When, whose, of which type and id; nothing of what it says."""
    try:
        event = Event.from_json(delivery.body)
    except ValueError:
        return ("unreadable", f"{len(delivery.body)} long")
    return (event.time.isoformat(), event.tenant, event.type, event.id)


def _text(delivery: Delivery) -> str:
    return delivery.body if isinstance(delivery.body, str) else delivery.body.decode()
