"""Which pages a role finds in the menu; knows no page's content."""

from collections.abc import Callable
from dataclasses import dataclass

from portal.session import Visitor, acts_for_the_centre, gives_to_the_centre, is_in_a_province, reaches_everything


def _anywhere() -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """`also`: blueprints whose pages belong under this entry; `only`: where the grant must be for it to be of use."""

    endpoint: str
    label: str
    roles: tuple[str, ...]
    also: tuple[str, ...] = ()
    only: Callable[[], bool] = _anywhere


_COUNCIL = ("secretary", "chair", "member")
_EVERY = ("author", "officer", "standing", "administrator", *_COUNCIL)
ENTRIES = (
    Entry("home.show", "Việc của tôi", (*_EVERY, "operator"), ("home",)),
    Entry("initiatives.show_list", "Sáng kiến", ("author", "officer", "standing"), ("initiatives",), is_in_a_province),
    Entry(
        "sessions.show_list",
        "Phiên họp",
        (*_COUNCIL, "standing", "administrator"),
        ("sessions", "dossiers", "decisions"),
        is_in_a_province,
    ),
    Entry("recommended.show_list", "Các tỉnh đề nghị", ("officer", "standing"), ("recommended",), acts_for_the_centre),
    Entry(
        "national.show",
        "Toàn quốc",
        ("officer", "standing", "administrator", *_COUNCIL),
        ("national",),
        acts_for_the_centre,
    ),
    Entry(
        "dashboard.show",
        "Tổng hợp",
        ("officer", "standing", "administrator", *_COUNCIL),
        ("dashboard",),
        is_in_a_province,
    ),
    Entry("rollups.show_list", "Gửi số liệu", ("standing",), ("rollups",), gives_to_the_centre),
    Entry("activities.show_list", "Tuyên truyền", ("officer", "standing"), ("activities",)),
    Entry("models.show_list", "Mô hình", ("officer", "standing"), ("models",), is_in_a_province),
    Entry("commendations.show_list", "Khen thưởng", ("standing", "administrator"), ("commendations",)),
    Entry("councils.show_list", "Hội đồng", ("administrator", "standing", *_COUNCIL), ("councils",)),
    Entry(
        "units.show_tree",
        "Đơn vị",
        ("officer", "standing", *_COUNCIL),
        ("units", "reorganisations", "reorganisation_changes"),
    ),
    Entry("rulebooks.show_list", "Quy chế", ("administrator", "secretary", "chair"), ("rulebooks",)),
    Entry(
        "admin_units.show_list",
        "Quản trị",
        ("administrator",),
        (
            "admin_units",
            "admin_people",
            "admin_grants",
            "admin_cycles",
            "admin_requests",
            "admin_settings",
            "admin_journal",
            "units",
            "reorganisations",
            "reorganisation_changes",
        ),
    ),
    Entry(
        "tenants.show_list",
        "Các tỉnh",
        ("operator",),
        ("tenants", "reorganisations", "reorganisation_changes"),
    ),
    Entry("catalogue.show_list", "Tra cứu", (*_EVERY, "operator"), ("catalogue",)),
)
ADMIN = (
    ("admin_units.show_list", "Đơn vị"),
    ("units.show_tree", "Cây đơn vị"),
    ("reorganisations.show_list", "Sắp xếp đơn vị"),
    ("admin_people.show_list", "Người dùng"),
    ("admin_grants.show_list", "Phân vai trò"),
    ("admin_cycles.show_list", "Đợt thi đua"),
    ("admin_requests.show_list", "Dữ liệu cá nhân"),
    ("admin_settings.show", "Thiết lập của tỉnh"),
    ("admin_journal.show_list", "Nhật ký"),
)


OF_THE_WHOLE = frozenset({"admin_journal.show_list"})  # For administrators of the whole province only.


def admin_entries() -> list[tuple[str, str]]:
    return [entry for entry in ADMIN if entry[0] not in OF_THE_WHOLE or reaches_everything()]


def entries(visitor: Visitor | None) -> list[Entry]:
    if visitor is None or visitor.grant is None:
        return []
    return [entry for entry in ENTRIES if visitor.role in entry.roles and entry.only()]
