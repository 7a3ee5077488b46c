"""JSON lines on standard output: a constant event name, ids in fields, never personal data."""

import logging
import sys
from types import TracebackType
from typing import Any

import structlog

from common import failures, telemetry


def _trace(_: Any, __: str, entry: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if trace_id := telemetry.current_trace_id():
        entry["trace_id"] = trace_id
    return entry


def _exception(exc_info: structlog.typing.ExcInfo) -> str:
    return failures.trace(exc_info[1])


def _uncaught(_: type[BaseException], error: BaseException, __: TracebackType | None) -> None:
    structlog.get_logger(__name__).critical("uncaught", exc_info=error)


def configure(service: str, process: str, level: str) -> None:
    """Send structlog, the standard library's loggers and what nobody catches through one JSON formatter."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_exception),
        _trace,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)  # Not by hand: loggers remember what they may say until they are told.
    sys.excepthook = _uncaught
    structlog.contextvars.bind_contextvars(service=service, process=process)
