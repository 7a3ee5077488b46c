"""The two routes by which a person's data leaves a service: to that person, and to an administrator they have asked."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from sqlalchemy import MetaData

from common import clock, export_door, subject_data
from common.database import UnitOfWork
from common.errors import NotFound
from common.http.app import acting_as, principal, service_of
from common.http.blueprint import Blueprint


class SubjectDataView(ma.Schema):
    """What one service holds of one person."""

    service = ma.fields.String(required=True)
    person_id = ma.fields.UUID(required=True)
    collected_at = ma.fields.AwareDateTime(required=True)
    tables = ma.fields.Dict(
        keys=ma.fields.String(),
        values=ma.fields.List(ma.fields.Dict()),
        required=True,
        metadata={"description": "Rows by table; what each field is for says the register of personal data"},
    )


def blueprint(
    metadata: MetaData, finders: subject_data.Finders, *, everybody: tuple[str, ...], administrator: str
) -> Blueprint:
    """For a service's own tables and roles."""
    made = Blueprint("subject_data", __name__, url_prefix="/v1", description="Dữ liệu cá nhân của một người")

    @made.get("/my-data")
    @acting_as(*everybody)
    @made.response(200, SubjectDataView)
    def my_data(uow: UnitOfWork) -> Any:
        """Everything this service holds of the caller."""
        return _view(uow, finders, principal().person_id)

    @made.get("/subject-requests/<uuid:request_id>/data")
    @acting_as(administrator)
    @made.response(200, SubjectDataView)
    def data_of_request(uow: UnitOfWork, request_id: UUID) -> Any:
        """The same of somebody who has asked for a copy, while their request is being answered by the province."""
        if not principal().is_at_the_root:
            raise NotFound("subject_data.not_open")
        return _view(uow, finders, export_door.person_behind(uow, metadata, request_id))

    return made


def _view(uow: UnitOfWork, finders: subject_data.Finders, person_id: UUID) -> dict[str, Any]:
    tables = subject_data.collect(uow, finders, person_id)
    return {"service": service_of().name, "person_id": person_id, "collected_at": clock.now(), "tables": tables}
