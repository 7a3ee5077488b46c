"""`python -m sample <command>`; STALL makes a consumer stop where a test wants to kill it."""

import os
import time
from collections.abc import Sequence
from typing import Any

from common import cli
from common.broker.rabbitmq import RabbitMQ
from common.broker.valkey import Valkey

from sample.app import SERVICE


def stall_before_acknowledging(*_: Any) -> None:
    print("committed", flush=True)
    time.sleep(60)


def never_twice(first: Any, then: Any) -> Any:
    """`first` for the first call with something in hand, then what there was before."""

    def acknowledge(self: Any, deliveries: Sequence[Any]) -> None:
        (first if deliveries else then)(self, deliveries)

    return acknowledge


if __name__ == "__main__":
    if os.environ.get("STALL") == "before-acknowledging":
        for broker in (RabbitMQ, Valkey):
            broker.acknowledge = never_twice(stall_before_acknowledging, broker.acknowledge)  # type: ignore[method-assign]
    cli.main(SERVICE)
