"""The words of messages and letters, from the templates beside it; knows no database and no mail server."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from common.erasure import ERASED_TEXT
from jinja2 import Environment, PackageLoader, StrictUndefined

from notifications.domain import Audience, Cycle, Notice, RequestKind

SUBJECT_TITLE_LENGTH = 80


@dataclass(frozen=True)
class Names:
    """What the notice refers to by id, in words. `council` is empty before a dossier is forwarded."""

    unit: str
    council: str
    cycle: Cycle


@dataclass(frozen=True)
class Letter:
    """An e-mail's two equal bodies."""

    text: str
    html: str


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _environment(*, autoescape: bool) -> Environment:
    made = Environment(
        loader=PackageLoader("notifications"),
        autoescape=autoescape,  # noqa: S701 -- off for plain text only.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["day"] = _day
    return made


_PLAIN, _HTML = _environment(autoescape=False), _environment(autoescape=True)


def write(notice: Notice, audience: Audience, names: Names) -> tuple[str, str]:
    """The subject and the paragraphs of a message, for one audience; each template's first line is the subject."""
    template = _PLAIN.get_template(f"{notice.kind}.{audience}.txt")
    words = template.render(
        notice=notice,
        unit=names.unit,
        council=names.council,
        cycle=names.cycle,
        title="" if notice.title == ERASED_TEXT else " ".join(notice.title.split()),
        subject_length=SUBJECT_TITLE_LENGTH,
    )
    subject, _, text = words.strip().partition("\n")
    return " ".join(subject.split()), "\n\n".join(_paragraphs(text))


_ASKED = {"export": "xin bản sao dữ liệu", "correction": "sửa dữ liệu sai", "erasure": "xoá dữ liệu"}


def write_of_request(kind: RequestKind, audience: Audience, asked: object, what: str, outcome: str) -> tuple[str, str]:
    """The same for a request about personal data; names nobody."""
    words = _PLAIN.get_template(f"{kind}.{audience}.txt").render(asked=asked, words=_ASKED[what], outcome=outcome)
    subject, _, text = words.strip().partition("\n")
    return " ".join(subject.split()), "\n\n".join(_paragraphs(text))


def letter(name: str, text: str, link: str, label: str = "Mở hồ sơ") -> Letter:
    """A message dressed as a letter, for readers with and without HTML."""
    values = {"name": name, "text": text, "paragraphs": list(_paragraphs(text)), "link": link, "label": label}
    return Letter(
        text=_PLAIN.get_template("letter.txt").render(values), html=_HTML.get_template("letter.html").render(values)
    )


def _paragraphs(text: str) -> Iterable[str]:
    return (paragraph.strip() for paragraph in text.split("\n\n") if paragraph.strip())
