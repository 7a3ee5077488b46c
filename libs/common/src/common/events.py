"""CloudEvents 1.0 in structured JSON: the envelope in which facts leave a service."""

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

from common import clock
from common.failures import Unreadable
from common.ids import new_id

CONTENT_TYPE = "application/cloudevents+json"
MOST_TYPE_LENGTH = 200
_TENANT = re.compile(r"[A-Za-z0-9_-]{1,64}")  # One word of a routing key.


class Fact(Protocol):
    """A domain event: a frozen dataclass whose fields are the event's data."""

    type: ClassVar[str]

    @property
    def version(self) -> int: ...

    @property
    def subject(self) -> UUID:
        """The aggregate it is about; `version` counts that aggregate's changes."""
        ...


@dataclass(frozen=True)
class Event:
    """`sequence` is the aggregate's version: a consumer that keeps state ignores an older one."""

    type: str
    source: str
    tenant: str
    subject: str
    sequence: int
    data: dict[str, Any]
    traceparent: str = ""
    id: str = field(default_factory=lambda: str(new_id()))
    time: datetime = field(default_factory=clock.now)

    @property
    def routing_key(self) -> str:
        return f"{self.type}.{self.tenant}"

    @classmethod
    def of(cls, fact: Fact, *, source: str, tenant: str, traceparent: str = "") -> "Event":
        """Wrap a fact for sending."""
        data = json.loads(_dump(asdict(fact)))  # type: ignore[call-overload]
        return cls(fact.type, source, tenant, str(fact.subject), fact.version, data, traceparent)

    def to_json(self) -> str:
        body = {"specversion": "1.0", "datacontenttype": "application/json", **asdict(self)}
        if not self.traceparent:
            del body["traceparent"]
        return _dump(body)

    @classmethod
    def from_json(cls, body: str | bytes) -> "Event":
        """Raises ValueError when the body is not one of our events, in a form that can be stored and told apart."""
        try:
            raw = json.loads(body)
            known = {name: raw[name] for name in cls.__dataclass_fields__ if name in raw}
            event = cls(**{**known, "id": str(UUID(raw["id"])), "time": datetime.fromisoformat(raw["time"])})
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise Unreadable(f"not a CloudEvent of this platform: {type(error).__name__}") from error
        event._ensure_sound()
        return event

    def _ensure_sound(self) -> None:
        texts = (self.type, self.source, self.tenant, self.subject, self.traceparent)
        sound = {
            "texts": all(isinstance(text, str) for text in texts),
            "tenant": _TENANT.fullmatch(str(self.tenant)),
            "type": 0 < len(str(self.type)) <= MOST_TYPE_LENGTH,
            "sequence": type(self.sequence) is int,
            "time zone": self.time.tzinfo,
            "data": isinstance(self.data, dict),
        }
        if wrong := [name for name, is_right in sound.items() if not is_right]:
            raise Unreadable(f"not a CloudEvent of this platform: {', '.join(wrong)}")


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_plain)


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
