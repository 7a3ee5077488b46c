"""A few dossiers of this year, labelled as examples, so that whoever looks around finds something at every step.

They are no part of the case: its figures are those of 2019-2021.
"""

from datetime import date
from typing import Any

from case import Case
from client import wait_for

EXAMPLES = (
    "Sổ theo dõi hộ cần giúp đỡ, cập nhật sau mỗi lần thăm (ví dụ)",
    "Góc đọc sách ở nhà văn hóa thôn (ví dụ)",
    "Tổ tự quản phân loại rác tại nguồn (ví dụ)",
    "Nhóm trực tuyến trả lời câu hỏi của người dân (ví dụ)",
    "Bản đồ điểm ngập của tổ dân phố (ví dụ)",
    "Lịch tưới tiết kiệm nước cho tổ hợp tác (ví dụ)",
)


def show(case: Case) -> None:
    """One dossier at each step: draft, handed in, returned, endorsed, on a planned and on an open session's agenda."""
    _draft, submitted, returned, endorsed, planned, scored = (_register(case, title) for title in EXAMPLES)
    author, officer = case.person("author-dk"), case.person("officer-mt")
    for path in (submitted, returned, endorsed, planned, scored):
        author.post("registration", f"{path}/submit")
    officer.post("registration", f"{returned}/return", {"reason": "Xin bổ sung số liệu về hiệu quả sau khi áp dụng."})
    for path in (endorsed, planned, scored):
        officer.post("registration", f"{path}/endorse")
    for path in (planned, scored):
        officer.post("registration", f"{path}/forward", {"council_unit_id": case.units["DK"]})
    path = _plan_session(case, "Phiên họp đang chấm điểm (ví dụ)", scored.rsplit("/", 1)[1])
    secretary = case.person("secretary-dk")
    secretary.post("review", f"{path}/attendance", {"present": case.seated})
    secretary.post("review", f"{path}/open")
    _plan_session(case, "Phiên họp sắp tới (ví dụ)", planned.rsplit("/", 1)[1])
    _ask_about_data(case)


def _ask_about_data(case: Case) -> None:
    """One request by the person, one on paper that is being answered."""
    author, admin = case.person("author-dk"), case.person("admin-kh")
    details = "Tên đăng ký thiếu chữ đệm; xin sửa theo giấy tờ (ví dụ)."
    author.post("registration", "/v1/subject-requests", {"kind": "correction", "details": details})
    paper = {"kind": "export", "person_id": case.person_ids["officer-mt"], "details": "Đơn giấy (ví dụ)."}
    made = admin.post("registration", "/v1/subject-requests", paper)
    admin.post("registration", f"/v1/subject-requests/{made['id']}/start")


def _register(case: Case, title: str) -> str:
    author = case.person("author-dk")
    body = {
        "cycle_id": case.cycles[date.today().year],
        "title": title,
        "content": "political_system",
        "field": "society",
        "summary": "Hồ sơ ví dụ để xem thử nền tảng.",
        "problem": "Việc ghi chép rời rạc nên khó theo dõi.",
        "solution": "Dùng chung một mẫu, cập nhật ngay sau mỗi lần thực hiện.",
        "effect": "Không bỏ sót việc; ai cũng xem được tiến độ.",
        "authors": [{"name": "Tác giả (tài khoản mẫu)", "share": 100, "person_id": case.person_ids["author-dk"]}],
    }
    return f"/v1/initiatives/{author.post('registration', '/v1/initiatives', body)['id']}"


def _plan_session(case: Case, title: str, dossier_id: str) -> str:
    secretary, year, today = case.person("secretary-dk"), date.today().year, date.today().isoformat()

    def is_there() -> bool:
        known = {one["initiative_id"] for one in secretary.all("review", f"/v1/dossiers?year={year}")}
        return dossier_id in known

    wait_for("this year's dossier before the council", is_there)
    planned: dict[str, Any] = {"year": year, "title": title, "held_on": today, "place": "Huyện Diên Khánh"}
    planned |= {"council_id": case.council_id, "rulebook_id": case.rulebook_id}
    path = f"/v1/sessions/{secretary.post('review', '/v1/sessions', planned)['id']}"
    secretary.post("review", f"{path}/agenda", {"dossier_ids": [dossier_id]})
    return path
