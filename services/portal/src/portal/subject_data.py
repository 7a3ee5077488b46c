"""The copy of a person's data as a file: JSON for programs, HTML for people; made of what each service answers."""

import json
from typing import Any

from flask import Response, abort, render_template, request

from portal import copy_words, reading_copy

NO_STORE = {"Cache-Control": "no-store"}
NAME = "du-lieu-ca-nhan"


def as_file(parts: list[dict[str, Any]], kind: str) -> Response:
    """`kind`: json or html, the latter in the language asked for. Kept by no cache on its way."""
    if kind == "json":
        content, mimetype = json.dumps({"parts": parts}, ensure_ascii=False, indent=1), "application/json"
    elif kind == "html":
        content, mimetype = _to_read(parts, request.args.get("language", "vi")), "text/html"
    else:
        abort(404)
    headers = NO_STORE | {"Content-Disposition": f"attachment; filename={NAME}.{kind}"}
    return Response(content, mimetype=mimetype, headers=headers)


def _to_read(parts: list[dict[str, Any]], language: str) -> str:
    language = language if language in copy_words.LANGUAGES else "vi"
    told, text = reading_copy.sections(parts, language), copy_words.TEXT[language]
    return render_template("my_data/copy.html", sections=told, text=text, language=language)
