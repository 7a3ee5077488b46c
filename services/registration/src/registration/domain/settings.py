"""A tenant's settings: its levels, what it keeps and how long, whom to ask, how much it may use; versioned data."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import NAMESPACE_URL, UUID, uuid5

from common.errors import Invalid, Stale

from registration.domain.vocabulary import EVENTS, Level


@dataclass(frozen=True)
class NamedLevel:
    """A level of the territory, as units carry its code and pages show its name."""

    code: str
    name: str


@dataclass(frozen=True)
class Retention:
    """How long a decided dossier is kept, and a closed tenant's rows."""

    dossier_years: int = 20
    closed_days: int = 365


@dataclass(frozen=True)
class Contact:
    """Whom people of the province ask."""

    name: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Quotas:
    """Set by the platform's operator; 0 stands for what the platform gives everybody."""

    requests_per_minute: int = 0
    attachment_megabytes: int = 0


@dataclass(frozen=True)
class Document:
    """The settings themselves. `levels` from the top down; `national_id`: whether the tenant's rule asks for it."""

    levels: tuple[NamedLevel, ...]
    national_id: str = "none"
    retention: Retention = field(default_factory=Retention)
    contact: Contact = field(default_factory=Contact)
    quotas: Quotas = field(default_factory=Quotas)

    def ensure_sound(self) -> None:
        """Raises Invalid for levels that could not be told apart."""
        codes = [level.code for level in self.levels]
        if len(set(codes)) < len(codes) or Level.NONE in codes:
            raise Invalid("settings.level_twice", pointer="/levels")

    def ensure_level(self, code: str, above: str | None) -> None:
        """For a unit of level `code` under the nearest territory, of level `above`. Raises Invalid."""
        codes = [level.code for level in self.levels]
        if code == Level.NONE:
            return
        if code not in codes:
            raise Invalid("unit.level_unknown", pointer="/level", levels=", ".join(codes))
        if above in codes and codes.index(code) < codes.index(above):
            raise Invalid("unit.level_above_parent", pointer="/level")

    def ensure_keeps(self, used: Iterable[str], before: "Document") -> None:
        """A level that units have today cannot go; it is told by its name until now. Raises Invalid."""
        names = {level.code: level.name for level in before.levels}
        if gone := sorted(set(used) - {level.code for level in self.levels} - {Level.NONE}):
            told = ", ".join(names.get(code, code) for code in gone)
            raise Invalid("settings.level_in_use", pointer="/levels", levels=told)


@dataclass(frozen=True)
class SettingsRecorded:
    """A tenant's settings from now on, whole."""

    type: ClassVar[str] = f"{EVENTS}.settings.recorded.v1"
    settings_id: UUID
    version: int
    levels: list[dict[str, str]]
    national_id: str
    retention: dict[str, int]
    quotas: dict[str, int]

    @property
    def subject(self) -> UUID:
        return self.settings_id


@dataclass(frozen=True)
class Settings:
    """One version of a tenant's document; 0 is the platform's own, before anybody has recorded one."""

    tenant: str
    version: int
    document: Document

    def ensure_version(self, expected: int | None) -> None:
        if expected is not None and expected != self.version:
            raise Stale("request.stale")

    def recorded(self) -> SettingsRecorded:
        """The contact stays inside: no other service writes to it."""
        document = self.document
        return SettingsRecorded(
            settings_id=uuid5(NAMESPACE_URL, f"urn:sangtao:settings:{self.tenant}"),
            version=self.version,
            levels=[vars(level) for level in document.levels],
            national_id=document.national_id,
            retention=vars(document.retention),
            quotas=vars(document.quotas),
        )


def document_of(stored: dict[str, Any]) -> Document:
    """A document out of plain values; what they leave out is the platform's default."""
    parts = {"retention": Retention, "contact": Contact, "quotas": Quotas}
    values = {name: parts[name](**value) if name in parts else value for name, value in stored.items()}
    return Document(**{**values, "levels": tuple(NamedLevel(**level) for level in stored["levels"])})
