"""A mail server that keeps every message as a file instead of sending it; knows nothing of who wrote it."""

import asyncio
import itertools
import signal
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_OK = "250 Message kept"
_SIZE_LIMIT = 10_000_000


class Keeper:
    """Writes each message to its own `.eml` file, oldest first by name."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._count = itertools.count(1)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipients = ", ".join(envelope.rcpt_tos)
        header = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {recipients}\r\n"
        content = envelope.content
        body = content if isinstance(content, bytes) else str(content).encode()
        name = f"{time.time_ns()}-{next(self._count)}.eml"
        work = self._directory / f".{name}"
        work.write_bytes(header.encode() + body)
        work.rename(self._directory / name)  # Whoever lists the directory sees whole messages only.
        return _OK


async def _serve(directory: Path, bind: str, port: int) -> None:
    keeper = Keeper(directory)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    server = await loop.create_server(
        lambda: SMTP(keeper, data_size_limit=_SIZE_LIMIT, enable_SMTPUTF8=True), bind, port
    )
    async with server:
        await stopped.wait()


def serve(directory: Path, bind: str, port: int) -> None:
    """Serve until SIGTERM."""
    directory.mkdir(parents=True, exist_ok=True)
    asyncio.run(_serve(directory, bind, port))
