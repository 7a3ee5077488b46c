"""Metrics and W3C trace context: carried through HTTP, outbox, broker and consumer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from common import failures

_PROPAGATOR = TraceContextTextMapPropagator()
_TRACER = trace.get_tracer("sangtao")  # Once: making one costs as much as a span.
_EXPORT_SECONDS = 2  # A collector that is away must not hold up a process that was told to stop.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def start_tracing(service: str, endpoint: str) -> None:
    """Make trace ids; export spans only where an OTLP endpoint is configured."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    if endpoint:
        exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces", timeout=_EXPORT_SECONDS)
        provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


@contextmanager
def span(name: str, carrier: Mapping[str, str], kind: SpanKind = SpanKind.SERVER) -> Iterator[None]:
    """A span under the trace that `carrier` brings in its `traceparent`, or the start of a new one.

    Of what fails in it the span says what a log would.
    """
    parent = _PROPAGATOR.extract({name.lower(): value for name, value in carrier.items()})
    started = _TRACER.start_as_current_span(
        name, context=parent, kind=kind, record_exception=False, set_status_on_exception=False
    )
    with started as current:
        try:
            yield
        except Exception as error:
            current.set_status(StatusCode.ERROR, failures.describe(error))
            raise


def current_traceparent() -> str:
    """The running span for the next hop; empty outside of a trace."""
    carrier: dict[str, str] = {}
    _PROPAGATOR.inject(carrier)
    return carrier.get("traceparent", "")


def current_trace_id() -> str:
    """The trace id as 32 hex digits; empty outside of a trace."""
    context = trace.get_current_span().get_span_context()
    return format(context.trace_id, "032x") if context.is_valid else ""


class HttpMetrics:
    """Requests and durations by route (the rule, never the path: paths hold ids).

    Whatever a stranger can choose freely is no label: each new value is a series that never goes away.
    """

    METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

    def __init__(self, registry: CollectorRegistry) -> None:
        self.requests = Counter(
            "http_requests", "Requests.", ["service", "method", "route", "status"], registry=registry
        )
        self.duration = Histogram(
            "http_request_duration_seconds",
            "Request duration.",
            ["service", "route"],
            buckets=_BUCKETS,
            registry=registry,
        )

    def observe(self, service: str, method: str, route: str, status: int, seconds: float) -> None:
        self.requests.labels(service, method if method in self.METHODS else "other", route, status).inc()
        self.duration.labels(service, route).observe(seconds)


class RelayMetrics:
    """How far publishing lags behind committing."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.pending = Gauge("outbox_pending", "Events not yet published.", ["service"], registry=registry)
        self.oldest = Gauge(
            "outbox_oldest_seconds", "Age of the oldest unpublished event.", ["service"], registry=registry
        )
        self.published = Counter("events_published", "Events confirmed by the broker.", ["service"], registry=registry)
        self.leading = Gauge("relay_leading", "1 while this relay published last.", ["service"], registry=registry)


class ConsumerMetrics:
    """What was applied, how late, and what could not be."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.consumed = Counter(
            "events_consumed", "Events by outcome.", ["service", "type", "outcome"], registry=registry
        )
        self.lag = Histogram(
            "event_lag_seconds",
            "From commit at the producer to applied here.",
            ["service"],
            buckets=_BUCKETS,
            registry=registry,
        )
        self.dead = Gauge("dead_letters", "Events that wait for a person.", ["service"], registry=registry)
        self.aside = Gauge(
            "undeliverable_messages",
            "Messages that ended their consumer each time and wait for a person.",
            ["service"],
            registry=registry,
        )
        self.entries = Gauge("audit_entries", "Entries of the audit, of all tenants.", ["service"], registry=registry)
        self.contradictions = Gauge(
            "audit_contradictions",
            "Heads of other services' audits that contradict what was seen of them before.",
            ["service"],
            registry=registry,
        )
