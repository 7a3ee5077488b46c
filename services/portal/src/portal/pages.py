"""What the views share: showing a form, going on after it, filters and cursors of lists."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from common import clock
from common.text import clean_line
from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import formats
from portal.clients import ApiError, Download, text
from portal.forms import Form


def form_page(form: Form, title: str, *, back: str, **more: Any) -> tuple[str, int]:
    """A page with one form. `more`: lead (a sentence of help), submit (the button), crumbs."""
    return render_template("form_page.html", form=form, title=title, back=back, **more), form.status


def done(message: str, url: str) -> Response:
    """Say that it worked, on the next page."""
    flash(message)
    return redirect(url, 303)


def filters(*names: str) -> dict[str, str]:
    """The filters that the visitor has set."""
    chosen = {name: asked(name) for name in names}
    return {name: value for name, value in chosen.items() if value}


def asked(name: str, most: int = 200) -> str:
    """Return what the address says of one parameter, as one line of at most `most` characters."""
    return clean_line(request.args.get(name, "").replace("\0", "")[:most])


def years() -> dict[str, str]:
    """The first and the last year that the visitor has set, in either order."""
    chosen = filters("from_year", "to_year")
    if len(chosen) == 2 and chosen["from_year"] > chosen["to_year"]:
        return {"from_year": chosen["to_year"], "to_year": chosen["from_year"]}
    return chosen


def being_typed() -> str:
    """What stands in the field that asks for choices, from the second letter on; the address has words of its own."""
    typed = next((asked(name, 100) for name in request.args if name not in ("as_of", "able")), "")
    return typed if len(typed) > 1 else ""


@dataclass(frozen=True)
class Day:
    """The day whose structure is asked for; `iso` is empty for today's."""

    iso: str = ""
    typed: str = ""
    problem: str = ""

    @property
    def query(self) -> dict[str, str]:
        """For addresses that lead on in the same structure."""
        return {"as_of": self.iso} if self.iso else {}


def day() -> Day:
    """What stands in "Theo cơ cấu ngày"; what is no day shows today's structure and says so."""
    typed = asked("as_of", 20)
    if not typed:
        return Day()
    try:
        iso = formats.read_day(typed)
    except ValueError:
        return Day(typed=typed, problem=text("field.date"))
    return Day() if iso == clock.today().isoformat() else Day(iso, formats.day(iso))


def of_the_day(ask: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """A list narrowed to a unit of a day: empty when the unit was not there on that day."""
    try:
        return ask()
    except ApiError as error:
        if error.code not in ("unit.not_found", "unit.unknown"):
            raise
        return {"items": [], "next": None}


def every(ask: Callable[..., dict[str, Any]], **query: Any) -> Iterator[dict[str, Any]]:
    """Yield every item of a service's list; the next page is asked for when the last one is used up."""
    cursor: str | None = None
    while True:
        page = ask(**query, limit=200, cursor=cursor)
        yield from page["items"]
        cursor = page.get("next")
        if not cursor:
            return


def cursor() -> str:
    return asked("cursor", 2000)


def next_page(page: dict[str, Any], chosen: dict[str, str]) -> str:
    """The address of "Xem tiếp", or nothing at the end of a list."""
    if not page.get("next"):
        return ""
    values: dict[str, Any] = {**(request.view_args or {}), **chosen, "cursor": page["next"]}
    return url_for(str(request.endpoint), **values)


def by_id(items: list[dict[str, Any]], label: str = "name") -> dict[str, str]:
    """Choices out of a list of resources."""
    return {str(item["id"]): str(item[label]) for item in items}


def passed_on(file: Download) -> Response:
    """A file on its way from a service to the visitor, kept nowhere."""
    return Response(file.pieces, headers=file.headers | {"Cache-Control": "no-store"})


def failure(*forms: Form) -> int:
    """The status of a page with several forms: that of the one that failed."""
    return max((form.status for form in forms), default=200)
