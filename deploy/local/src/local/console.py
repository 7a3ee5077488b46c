"""What a person at the terminal is shown: a summary, and the warnings from the logs; knows nothing of processes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.personas import by_tenant

_ALARMING = ("warning", "error", "critical")


def summary(urls: dict[str, str], mail: Path, state: Path) -> str:
    apis = [name for name in urls if name not in ("portal", "identity")]
    documents = "\n".join(f"    {f'API {name}':<25} {urls[name]}/docs" for name in apis)
    return f"""
  Nền tảng Đoàn kết sáng tạo đang phục vụ · The platform is serving

    Cổng thông tin / portal   {urls["portal"]}
{documents}
    Đăng nhập / identity      {urls["identity"]}
    Thư đã gửi / sent mail    {mail}
    Nhật ký / logs            {state / "logs"}

  Tài khoản mẫu, chọn trên trang đăng nhập · Personas, chosen on the sign-in page:
{persona_list()}

  Mã truy cập cho curl / a token for curl:   make token AS=author-dk
  Dừng / stop:                               Ctrl-C
"""


def persona_list() -> str:
    lines = []
    for heading, personas in by_tenant():
        lines.append(f"    {heading}")
        lines += [f"      {one.key:<14}{one.name}" for one in personas]
    return "\n".join(lines)


def token_usage() -> str:
    return f"Chọn một tài khoản mẫu · Choose a persona: make token AS=officer-mt\n{persona_list()}"


class Warnings:
    """Follows the logs and gives what somebody should look at; a message that repeats itself is given once."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._read: dict[Path, int] = {path: path.stat().st_size for path in logs.glob("*.log")}
        self._last: dict[Path, str] = {}

    def new(self) -> Iterator[str]:
        for path in sorted(self._logs.glob("*.log")):
            for entry in self._entries(path):
                event = str(entry.get("event"))
                if entry.get("level") in _ALARMING and self._last.get(path) != event:
                    self._last[path] = event
                    yield f"{path.stem}: {event} ({path})"

    def _entries(self, path: Path) -> Iterator[dict[str, Any]]:
        with path.open("rb") as log:
            size = log.seek(0, 2)
            log.seek(min(self._read.get(path, 0), size))
            for line in log:
                if not line.endswith(b"\n"):
                    break  # Still being written; read again from its start.
                self._read[path] = log.tell()
                entry = _parsed(line)
                if entry:
                    yield entry


def _parsed(line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}
