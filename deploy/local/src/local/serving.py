"""Long-running commands at a terminal or in a container: start, say so, watch, stop; knows no process by name."""

import signal
import sys
import time
from pathlib import Path

from local import sample
from local.console import Warnings, summary
from local.debian import Unavailable
from local.platform import Broker, Platform
from local.ports import PortInUse
from local.process import Server, StartFailed
from local.state import AlreadyRunning
from local.supervisor import Supervisor

_EXPECTED = (AlreadyRunning, PortInUse, StartFailed, Unavailable, PermissionError)
_LOOK_SECONDS = 0.5
_CHORES_SECONDS = 120  # What the chart runs every five minutes or every night.


def up(state: Path, base_port: int, broker: Broker, with_sample: bool) -> int:
    """Serve until Ctrl-C or SIGTERM; the exit status."""
    _stop_on_signals()
    started = time.monotonic()
    platform = Platform(state, base_port, broker, report=_say, chores_seconds=_CHORES_SECONDS)
    try:
        platform.open()
        _open_to_people(platform, started)
        if with_sample:
            _load_sample(platform)
        return _watch(platform)
    except KeyboardInterrupt:
        _say("Đang dừng… · Stopping…")
        return 0
    except _EXPECTED as error:
        _complain(str(error))
        return 1
    finally:
        _ignore_signals()
        platform.close()


def serve(server: Server) -> int:
    """One server in the foreground, for a container of its own."""
    _stop_on_signals()
    with Supervisor(server.programs(), _say) as supervisor:
        try:
            supervisor.wait_ready()
            _say("ready")
            while not supervisor.failure:
                time.sleep(_LOOK_SECONDS)
        except KeyboardInterrupt:
            return 0
        except StartFailed as error:
            _complain(str(error))
            return 1
        finally:
            _ignore_signals()
    _complain(supervisor.failure or "")
    return 1


def _open_to_people(platform: Platform, started: float) -> None:
    first = any(name.endswith("-migrate") for name in platform.names)
    _say("Đang chuẩn bị cơ sở dữ liệu và khởi động… · Preparing…" if first else "Đang khởi động… · Starting…")
    platform.wait_serving()
    seconds = time.monotonic() - started
    _say(summary(platform.urls, platform.state / "mail", platform.state.directory))
    _say(f"  Sẵn sàng sau {seconds:.1f} giây · ready after {seconds:.1f} s")
    platform.wait_ready()


def _load_sample(platform: Platform) -> None:
    if sample.is_loaded(platform):
        return
    _say("Đang nạp dữ liệu mẫu… · Loading the sample…")
    try:
        loaded = sample.load(platform)
    except sample.SampleFailed as error:
        _complain(f"Chưa nạp được dữ liệu mẫu; lần khởi động sau sẽ nạp lại. · The sample was not loaded: {error}")
        return
    _say("Đã nạp dữ liệu mẫu. · The sample is loaded." if loaded else "Không có dữ liệu mẫu. · There is no sample.")


def _watch(platform: Platform) -> int:
    warnings = Warnings(platform.state / "logs")
    while not platform.failure:
        for warning in warnings.new():
            _say(warning)
        time.sleep(_LOOK_SECONDS)
    _complain(platform.failure)
    return 1


def _stop_on_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)


def _ignore_signals() -> None:
    """Stopping takes seconds; an impatient second Ctrl-C would leave it half done."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)


def _say(text: str) -> None:
    print(text, flush=True)


def _complain(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
