"""The copy of a person's data as a file: JSON for programs, HTML for people; made of what each service answers."""

import json
from typing import Any

from flask import Response, abort, render_template

NO_STORE = {"Cache-Control": "no-store"}
NAME = "du-lieu-ca-nhan"


def as_file(parts: list[dict[str, Any]], kind: str) -> Response:
    """`kind`: json or html. Kept by no cache on its way."""
    if kind == "json":
        content, mimetype = json.dumps({"parts": parts}, ensure_ascii=False, indent=1), "application/json"
    elif kind == "html":
        content, mimetype = render_template("my_data/copy.html", parts=parts), "text/html"
    else:
        abort(404)
    headers = NO_STORE | {"Content-Disposition": f"attachment; filename={NAME}.{kind}"}
    return Response(content, mimetype=mimetype, headers=headers)
