"""Models (mô hình) made from initiatives, and their replication elsewhere, counted as the reports count them."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from common.errors import Invalid

from registration.domain.vocabulary import EVENTS


@dataclass(frozen=True)
class ModelRecorded:
    type: ClassVar[str] = f"{EVENTS}.model.recorded.v1"
    model_id: UUID
    version: int
    title: str
    theme: str
    unit_id: UUID
    scope_path: str
    from_year: int
    to_year: int
    quantity: int

    @property
    def subject(self) -> UUID:
        return self.model_id


@dataclass(frozen=True)
class ModelReplicated:
    """`origin_year`: of the practice that was taken over; `quantity`: how many models were made after it."""

    type: ClassVar[str] = f"{EVENTS}.model.replicated.v1"
    replication_id: UUID
    version: int
    model_id: UUID
    unit_id: UUID
    scope_path: str
    origin_year: int
    adopted_from_year: int
    adopted_to_year: int
    quantity: int

    @property
    def subject(self) -> UUID:
        return self.replication_id


@dataclass(frozen=True)
class Model:
    """One model, or `quantity` of them where a source gives only their number."""

    id: UUID
    unit_id: UUID
    scope_path: str
    title: str
    theme: str
    description: str
    from_year: int
    to_year: int
    quantity: int
    initiative_id: UUID | None = None
    version: int = 1

    def recorded(self) -> ModelRecorded:
        _ensure_span(self.from_year, self.to_year, "/to_year")
        return ModelRecorded(
            model_id=self.id,
            version=self.version,
            title=self.title,
            theme=self.theme,
            unit_id=self.unit_id,
            scope_path=self.scope_path,
            from_year=self.from_year,
            to_year=self.to_year,
            quantity=self.quantity,
        )


@dataclass(frozen=True)
class Replication:
    """A model adopted at a unit, with its result."""

    id: UUID
    model_id: UUID
    unit_id: UUID
    scope_path: str
    origin_year: int
    adopted_from_year: int
    adopted_to_year: int
    quantity: int
    result: str = ""
    version: int = 1

    def replicated(self, model: Model) -> ModelReplicated:
        """Raises Invalid for years in which there was nothing yet to take over."""
        _ensure_span(self.adopted_from_year, self.adopted_to_year, "/adopted_to_year")
        if self.origin_year < model.from_year:
            raise Invalid("replication.origin_before_model", pointer="/origin_year", from_year=model.from_year)
        if self.adopted_from_year < self.origin_year:
            raise Invalid("replication.before_origin", pointer="/adopted_from_year", origin_year=self.origin_year)
        return ModelReplicated(
            replication_id=self.id,
            version=self.version,
            model_id=self.model_id,
            unit_id=self.unit_id,
            scope_path=self.scope_path,
            origin_year=self.origin_year,
            adopted_from_year=self.adopted_from_year,
            adopted_to_year=self.adopted_to_year,
            quantity=self.quantity,
        )


def _ensure_span(first: int, last: int, pointer: str) -> None:
    if last < first:
        raise Invalid("model.years_out_of_order", pointer=pointer)
