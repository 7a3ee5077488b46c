"""Who a request counts for: its tenant and its identity, or the address it comes from when it has no token."""

from flask import current_app, request
from prometheus_client import CollectorRegistry, Counter

from common.limits import Limiter, Limits, Quotas


def limiter() -> Limiter:
    found: Limiter = current_app.extensions["limiter"]
    return found


def make_limiter(service: str, limits: Limits, quotas: Quotas, registry: CollectorRegistry) -> Limiter:
    """With its metrics, which name no tenant: what they would tell of one belongs to that one."""
    refused = Counter("requests_limited", "Requests refused by a limit.", ["service", "limit"], registry=registry)
    away = Counter("rate_store_away", "Times the limits' store was found away.", ["service"], registry=registry)
    return Limiter(limits, quotas, lambda kind: refused.labels(service, kind).inc(), away.labels(service).inc)


def admit_stranger() -> None:
    """Raises TooMany for an address that asks too often without a token."""
    limiter().admit_address(address())


def address() -> str:
    """Where the request comes from: the last of as many addresses as there are proxies that we trust to tell."""
    told = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    trusted: int = current_app.config["TRUSTED_PROXIES"]
    return told[-trusted] if 0 < trusted <= len(told) else request.remote_addr or ""
