"""An id tells when it was made."""

from datetime import timedelta

from common import clock
from common.ids import made_at, new_id


def test_an_id_tells_the_moment_at_which_it_was_made() -> None:
    before = clock.now()
    assert before - timedelta(milliseconds=1) <= made_at(new_id()) <= clock.now()
