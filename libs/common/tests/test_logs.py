"""What a process logs is its level's, also after another level has been set before."""

import io
from contextlib import redirect_stdout

import structlog
from common import logs


def test_a_logger_hears_of_a_new_level() -> None:
    told = io.StringIO()
    with redirect_stdout(told):
        logs.configure("test", "test", "WARNING")
        structlog.get_logger("some.where").info("unheard")
        logs.configure("test", "test", "INFO")
        structlog.get_logger("some.where").info("heard")
    logs.configure("test", "test", "WARNING")
    assert '"heard"' in told.getvalue()
    assert '"unheard"' not in told.getvalue()
