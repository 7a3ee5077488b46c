"""Texts of outcomes in Vietnamese and English, by code, from each package's messages.toml."""

import tomllib
from importlib.resources import files

LANGUAGES = ("vi", "en")


class Catalogue:
    """All texts of one service and of `common`."""

    def __init__(self, *packages: str) -> None:
        self._texts: dict[str, dict[str, str]] = {}
        for package in ("common", *packages):
            self._texts |= tomllib.loads(files(package).joinpath("messages.toml").read_text("utf-8"))

    def codes(self) -> set[str]:
        return set(self._texts)

    def text(self, code: str, details: dict[str, object]) -> dict[str, str]:
        """Both languages; a code without a text shows itself rather than failing the answer."""
        texts = self._texts.get(code) or self._texts.get("http.400" if code.startswith("http.4") else "")
        texts = texts or dict.fromkeys(LANGUAGES, code)
        return {language: texts[language].format_map(_Shown(details)) for language in LANGUAGES}

    def field_text(self, english: str) -> dict[str, str]:
        """A marshmallow message in both languages; numbers in it are kept by matching the text around them."""
        known = self._texts.get(f"field:{english}")
        return known or {"vi": english, "en": english}


class _Shown(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"
