"""A request straight into a WSGI application: no socket and no test client, so that nothing else is measured."""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder


@dataclass(frozen=True)
class Answer:
    """What the application said."""

    status: int
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Request:
    """Everything that can be made before the clock starts."""

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def environ(self) -> WSGIEnvironment:
        content = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        kind = "application/json" if content else None
        builder = EnvironBuilder(
            self.path, method=self.method, headers=Headers(dict(self.headers)), data=content, content_type=kind
        )
        return builder.get_environ()


def serve(app: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    """As a server does: call, take all of the answer, close it."""
    status = ""
    written = io.BytesIO()

    def start_response(line: str, _: Any, __: Any = None) -> Any:
        nonlocal status
        status = line
        return written.write

    chunks = app(environ, start_response)
    written.write(b"".join(chunks))
    if hasattr(chunks, "close"):
        chunks.close()  # Flask ends the request here: teardown belongs to its cost.
    return Answer(int(status.split(" ", 1)[0]), written.getvalue())
