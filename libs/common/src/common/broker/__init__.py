"""The broker: publish in confirmed batches, one durable queue per service; the same on RabbitMQ and Valkey."""

from amqp.exceptions import AMQPError
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from common.broker.connection import Connection, Delivery, NoSuchQueue, Unconfirmed, aside
from common.broker.rabbitmq import RabbitMQ
from common.broker.valkey import Valkey

__all__ = ["ERRORS", "Connection", "Delivery", "NoSuchQueue", "Unconfirmed", "aside", "connect"]

# What a lost or refusing broker raises, on either side.
ERRORS: tuple[type[Exception], ...] = (KombuError, AMQPError, RedisError, ConnectionError, TimeoutError)


def connect(url: str, *, visibility_seconds: int = 60) -> Connection:
    """Open a connection; `visibility_seconds` is after how long Valkey gives a dead consumer's messages to another."""
    if url.startswith("amqp"):
        return RabbitMQ(url)
    return Valkey(url, visibility_seconds)
