"""How many requests are taken from whom: token buckets in Valkey or in this process. Knows no HTTP.

A bucket is one number, the moment at which it would be full again (the generic cell rate algorithm): it needs no timer
and no clean-up, and tells exactly how long to wait.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import redis
import structlog
from sqlalchemy import BigInteger, Column, Engine, Integer, MetaData, String, Table, select
from sqlalchemy.dialects.postgresql import insert

from common import policies
from common.database import Context, UnitOfWork
from common.errors import TooMany
from common.settings import ApiSettings

BURST_SECONDS = 10.0  # What may come at once is what would come in this time.
STORE_SECONDS = 0.2  # A store that is slower than this is as good as away.
AWAY_SECONDS = 5.0
QUOTAS_LIVE_SECONDS = 10.0
MOST_KNOWN = 10_000
FORGET_EVERY_SECONDS = 1.0
logger = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Rate:
    """`interval`: seconds between requests that come evenly; `burst`: by how much one may come earlier."""

    interval: float
    burst: float

    @classmethod
    def per_minute(cls, count: int) -> "Rate":
        interval = 60.0 / count
        return cls(interval, max(0.0, BURST_SECONDS - interval))


class Buckets(Protocol):
    """Where the buckets are kept."""

    def take(self, key: str, rate: Rate) -> float:
        """Take a request out of a bucket: 0, or how many seconds to wait when there is none in it."""
        ...


class MemoryBuckets:
    """For one process, and for the time in which the common store is away."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._full_at: dict[str, float] = {}
        self._forget_at = 0.0

    def take(self, key: str, rate: Rate) -> float:
        now = self._clock()
        with self._lock:
            if len(self._full_at) >= MOST_KNOWN and now >= self._forget_at:
                self._forget(now)
            full = max(self._full_at.get(key, now), now)
            if full - now > rate.burst:
                return full - now - rate.burst
            self._full_at[key] = full + rate.interval
        return 0.0

    def _forget(self, now: float) -> None:
        """Those that are full again. Not at each request: where most are not, all would be gone through for nothing."""
        self._full_at = {name: full for name, full in self._full_at.items() if full > now}
        self._forget_at = now + FORGET_EVERY_SECONDS


# The store's own clock: that of each API process may differ.
_TAKE = """
local time = redis.call('TIME')
local now, interval, burst = time[1] + time[2] / 1000000, tonumber(ARGV[1]), tonumber(ARGV[2])
local full = math.max(tonumber(redis.call('GET', KEYS[1]) or now), now)
if full - now > burst then return tostring(full - now - burst) end
redis.call('SET', KEYS[1], string.format('%.6f', full + interval), 'PX', math.ceil((full + interval - now) * 1000))
return '0'
"""


class ValkeyBuckets:
    """Shared by all processes of all services. Away, it lets this process's own buckets decide for a while."""

    def __init__(self, url: str, away: Callable[[], None] = lambda: None) -> None:
        client = redis.Redis.from_url(url, socket_timeout=STORE_SECONDS, socket_connect_timeout=STORE_SECONDS)
        self._take, self._own = client.register_script(_TAKE), MemoryBuckets()
        self._note_away, self._away_until = away, 0.0

    def take(self, key: str, rate: Rate) -> float:
        if time.monotonic() >= self._away_until:
            try:
                return float(self._take(keys=[f"limit/{key}"], args=[rate.interval, rate.burst]))
            except redis.RedisError as error:
                self._away_until = time.monotonic() + AWAY_SECONDS
                self._note_away()
                logger.warning("limit_store_away", error=type(error).__name__)
        return self._own.take(key, rate)


@dataclass(frozen=True)
class Limits:
    """Requests a minute; 0 is no limit. A tenant's own quota goes before `tenant`."""

    tenant: int = 0
    identity: int = 0
    address: int = 0
    store_url: str = ""

    @classmethod
    def of(cls, settings: ApiSettings) -> "Limits":
        return cls(
            settings.rate_per_tenant, settings.rate_per_identity, settings.rate_per_address, settings.rate_store_url
        )


class Limiter:
    """Decides before any work is done. Raises TooMany."""

    def __init__(
        self, limits: Limits, quotas: "Quotas", refused: Callable[[str], None], away: Callable[[], None]
    ) -> None:
        self._limits, self._quotas, self._refused = limits, quotas, refused
        # An identity's own limit is a brake on a client gone wild, near enough when each process counts for itself.
        self._own: Buckets = MemoryBuckets()
        self._shared: Buckets = ValkeyBuckets(limits.store_url, away) if limits.store_url else self._own

    def admit_identity(self, issuer: str, subject: str) -> None:
        self._take(self._own, "identity", f"{issuer} {subject}", self._limits.identity)

    def admit_tenant(self, tenant: str) -> None:
        self._take(self._shared, "tenant", tenant, self._quotas.requests_per_minute(tenant) or self._limits.tenant)

    def admit_address(self, address: str) -> None:
        """For callers without a token that holds."""
        self._take(self._shared, "address", address, self._limits.address)

    def _take(self, buckets: Buckets, kind: str, whose: str, per_minute: int) -> None:
        wait = buckets.take(f"{kind}/{whose}", Rate.per_minute(per_minute)) if per_minute else 0.0
        if wait:
            self._refused(kind)
            raise TooMany(f"limit.{kind}", wait)


def add_quota_table(metadata: MetaData) -> None:
    """What a tenant may use, as the service that owns tenants tells; 0 is the platform's own measure."""
    Table(
        "tenant_quota",
        metadata,
        Column("tenant", String(64), primary_key=True),
        Column("requests_per_minute", Integer, nullable=False),
        Column("attachment_megabytes", BigInteger, nullable=False),
        Column("version", Integer, nullable=False),
        info={policies.STAYS: True, **policies.rls(policies.TENANT, app_rights="SELECT, INSERT, UPDATE")},
    )


def save_quota(uow: UnitOfWork, metadata: MetaData, quotas: dict[str, int], version: int) -> None:
    """Of the acting tenant, unless a newer version is already here."""
    table, values = metadata.tables["tenant_quota"], {**quotas, "version": version}
    statement = insert(table).values(tenant=uow.tenant, **values)
    newer = table.c.version < statement.excluded.version
    uow.execute(statement.on_conflict_do_update(index_elements=["tenant"], set_=values, where=newer))


class Quotas:
    """The tenants' own measures, each asked for at most every QUOTAS_LIVE_SECONDS."""

    def __init__(self, engine: Engine, metadata: MetaData, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._metadata, self._clock = engine, metadata, clock
        self._known: dict[str, tuple[float, int]] = {}

    def requests_per_minute(self, tenant: str) -> int:
        asked, known = self._known.get(tenant, (float("-inf"), 0))
        if self._clock() - asked < QUOTAS_LIVE_SECONDS:
            return known
        self._known[tenant] = self._clock(), self._read(tenant)
        return self._known[tenant][1]

    def _read(self, tenant: str) -> int:
        table: Any = self._metadata.tables["tenant_quota"]
        query = select(table.c.requests_per_minute).where(table.c.tenant == tenant)
        with UnitOfWork(self._engine, self._metadata, "", Context(tenant)) as uow:
            row = uow.find(query)
        return int(row.requests_per_minute) if row else 0
