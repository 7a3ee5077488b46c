"""flask-smorest's Blueprint, with every schema built where the view is declared and never for a request."""

from collections.abc import Callable
from typing import Any

import flask_smorest
from flask_smorest.utils import resolve_schema_instance

from common.http.reading import RequestReader


class Blueprint(flask_smorest.Blueprint):
    """Building a schema copies all of its fields: as much work as reading a small body with it."""

    ARGUMENTS_PARSER = RequestReader()

    def arguments(self, schema: Any, **options: Any) -> Callable[..., Any]:
        made: Callable[..., Any] = super().arguments(resolve_schema_instance(schema), **options)
        return _mark_upload(made) if options.get("location") == "files" else made


def _mark_upload(decorate: Callable[..., Any]) -> Callable[..., Any]:
    """Mark the view as one that takes files, so that the app admits large bodies for it."""

    def mark(view: Any) -> Any:
        decorated = decorate(view)
        decorated.takes_files = True
        return decorated

    return mark
