"""Who is told of a dossier whose unit or council is no more: those who answer for it now, and nobody else."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from common import clock
from common.ids import new_id


def told(service: Any) -> list[tuple[Any, str]]:
    return sorted((row.person_id, row.audience) for row in service.rows("message"))


@dataclass
class Reformed:
    """The unit and its council's unit have ended; the commune `heir_id` and the province `root_id` answer for them."""

    heir_id: UUID
    root_id: UUID
    officer: Any
    secretary: Any


@pytest.fixture
def reformed(service: Any, province: Any, another_province: Any) -> Reformed:
    """Beside them a neighbour, a village of the heir and a second province with the same paths have officers, too."""
    heir_id, root_id, village_id, neighbour_id = (new_id() for _ in range(4))
    province.places |= {heir_id: "/KH/X-DK/", root_id: "/KH/", village_id: "/KH/X-DK/T1/", neighbour_id: "/KH/X-DK2/"}
    units = [province.unit(unit_id, "Đơn vị mới") for unit_id in (heir_id, root_id, village_id, neighbour_id)]
    officer, *others = (
        province.someone(f"Cán bộ {number}", f"cb{number}", "officer", unit_id)
        for number, unit_id in enumerate((heir_id, root_id, village_id, neighbour_id))
    )
    secretary = province.someone("Thư ký tỉnh", "tk", "secretary", root_id)
    others.append(province.someone("Thư ký xã bên", "tk2", "secretary", neighbour_id))
    others.append(province.someone("Hội viên", "hv", "member", heir_id))
    ends = [province.ended(province.unit_id, heir_id), province.ended(province.council_unit_id, root_id)]
    gone = [province.grant(one, revoked=True) for one in (province.officer, province.secretary)]
    people = [event for one in (officer, secretary, *others) for event in (province.person(one), province.grant(one))]
    service.take(*units, *people, *ends, *gone, *_elsewhere(another_province("lai-chau"), heir_id, root_id))
    return Reformed(heir_id, root_id, officer, secretary)


def _elsewhere(other: Any, heir_id: UUID, root_id: UUID) -> list[Any]:
    other.places |= {heir_id: "/KH/X-DK/", root_id: "/KH/"}
    people = [other.someone("Cán bộ", "cb", "officer", heir_id), other.someone("Thư ký", "tk", "secretary", root_id)]
    return [*other.foundation(), *(event for one in people for event in (other.person(one), other.grant(one)))]


def test_the_officers_of_the_heir_are_told_of_a_dossier_of_the_old_unit(
    service: Any, province: Any, reformed: Reformed
) -> None:
    service.take(province.initiative("recognised"))
    assert told(service) == sorted([(province.author.id, "author"), (reformed.officer.id, "officer")])


def test_the_secretaries_at_the_heir_of_the_councils_unit_are_told(
    service: Any, province: Any, reformed: Reformed
) -> None:
    service.take(province.initiative("recalled"))
    people = [(province.author.id, "author"), (reformed.officer.id, "officer"), (reformed.secretary.id, "secretary")]
    assert told(service) == sorted(people)


def test_the_unit_that_was_given_the_dossier_is_told_instead_of_the_heir(
    service: Any, province: Any, reformed: Reformed
) -> None:
    given_id = new_id()
    other = province.someone("Cán bộ phường", "cbp", "officer", given_id)
    service.take(province.unit(given_id, "Phường mới"), province.person(other), province.grant(other))
    service.take(province.initiative("endorsed", responsible_unit_id=str(given_id)))
    assert told(service) == sorted([(province.author.id, "author"), (other.id, "officer")])


@pytest.mark.parametrize("given", [False, True], ids=["to the heir", "to another unit"])
def test_who_becomes_an_officer_of_the_unit_that_answers_is_told_what_happened_since(
    service: Any, province: Any, reformed: Reformed, *, given: bool
) -> None:
    issued, unit_id = clock.now() - timedelta(minutes=1), new_id() if given else reformed.heir_id
    service.take(province.unit(unit_id, "Xã mới", version=2))
    service.take(province.initiative("endorsed", **({"responsible_unit_id": str(unit_id)} if given else {})))
    late = province.someone("Cán bộ mới", "cbm", "officer", unit_id)
    service.take(province.person(late), province.grant(late, at=issued))
    assert (late.id, "officer") in told(service)


def test_an_event_of_before_the_reform_that_comes_late_reaches_nobody_of_a_unit_that_ended_with_it(
    service: Any, province: Any, reformed: Reformed
) -> None:
    """The neighbour ended into the same heir; its officer's grant ended with it, on the eve."""
    neighbour_id = new_id()
    theirs = province.someone("Cán bộ xã bên", "cbb", "officer", neighbour_id)
    grant = province.grant(theirs)
    grant.data["valid_to"] = (clock.today() - timedelta(days=1)).isoformat()
    service.take(province.unit(neighbour_id, "Xã bên"), province.person(theirs), grant)
    service.take(province.ended(neighbour_id, reformed.heir_id))
    service.take(province.initiative("endorsed", at=clock.now() - timedelta(days=2)))
    assert told(service) == sorted([(province.author.id, "author"), (reformed.officer.id, "officer")])


def test_a_unit_without_a_place_is_known_by_its_id_until_it_is_told_again(service: Any, province: Any) -> None:
    """As the rows of before places were kept."""
    with service.database.admin_engine.begin() as connection:
        connection.exec_driver_sql("UPDATE unit SET scope_path = ''")
        connection.exec_driver_sql("DELETE FROM inbox")
    service.take(province.initiative("endorsed"))
    assert told(service) == sorted([(province.author.id, "author"), (province.officer.id, "officer")])
    service.take(province.unit(province.unit_id, "Mặt trận xã Diên An"))
    [row] = [row for row in service.rows("unit") if row.id == province.unit_id]
    assert row.scope_path == province.place(province.unit_id)
