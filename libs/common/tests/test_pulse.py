"""When a worker counts as hanging."""

from common.process import Pulse


def test_who_is_silent_for_too_long_is_no_longer_alive() -> None:
    assert Pulse().is_live()
    assert not Pulse(silent_seconds=0).is_live()


def test_a_worker_is_ready_while_its_rounds_succeed() -> None:
    pulse = Pulse()
    assert not pulse.is_ready()
    pulse.beat()
    assert pulse.is_ready()
    pulse.beat(working=False)
    assert (pulse.is_live(), pulse.is_ready()) == (True, False)
