"""Texts of outcomes in Vietnamese and English, by code, from each package's messages.toml."""

import re
import tomllib
from importlib.resources import files

LANGUAGES = ("vi", "en")
_FIELD = "field:"
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Catalogue:
    """All texts of one service and of `common`."""

    def __init__(self, *packages: str) -> None:
        self._texts: dict[str, dict[str, str]] = {}
        for package in ("common", *packages):
            self._texts |= tomllib.loads(files(package).joinpath("messages.toml").read_text("utf-8"))
        varying = [key for key in self._texts if key.startswith(_FIELD) and "{" in key]
        # "between 0 and {max}" comes before "between {min} and {max}", which would match as well.
        varying.sort(key=_fixed, reverse=True)
        self._patterns = [(_pattern(key.removeprefix(_FIELD)), self._texts[key]) for key in varying]

    def codes(self) -> set[str]:
        return set(self._texts)

    def text(self, code: str, details: dict[str, object]) -> dict[str, str]:
        """Both languages; a code without a text shows itself rather than failing the answer."""
        texts = self._texts.get(code) or self._texts.get("http.400" if code.startswith("http.4") else "")
        texts = texts or dict.fromkeys(LANGUAGES, code)
        return {language: texts[language].format_map(_Shown(details)) for language in LANGUAGES}

    def field_text(self, english: str) -> dict[str, str]:
        """A marshmallow message in both languages; numbers in it are kept by matching the text around them."""
        if known := self._texts.get(f"{_FIELD}{english}"):
            return known
        for pattern, texts in self._patterns:
            if match := pattern.fullmatch(english):
                return {language: text.format_map(match.groupdict()) for language, text in texts.items()}
        return dict.fromkeys(LANGUAGES, english)


def _fixed(key: str) -> int:
    """How much of a text is the same each time."""
    return len(_PLACEHOLDER.sub("", key))


def _pattern(text: str) -> re.Pattern[str]:
    """What "between {min} and {max}" stands for, with a group for each placeholder."""
    words = _PLACEHOLDER.split(text)
    groups = [f"(?P<{word}>.+)" if odd % 2 else re.escape(word) for odd, word in enumerate(words)]
    return re.compile("".join(groups), re.DOTALL)


class _Shown(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"
