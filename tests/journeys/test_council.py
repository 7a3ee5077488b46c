"""Journey 2: a session from its agenda to its decision; a member scores, votes, another steps back."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Page, expect

TITLE = "Sổ tay điện tử của Ban công tác Mặt trận"
Call = Callable[..., Any]
Visitor = Callable[..., Page]


@pytest.fixture
def dossier(api: Call) -> str:
    """An initiative that its unit has forwarded to the district's council this year."""
    cycle = api("author-dk", "registration", "GET", "/cycles")["items"][0]
    body = {
        "cycle_id": cycle["id"], "title": TITLE, "content": "political_system", "field": "society",
        "summary": "Một sổ tay trên điện thoại.", "problem": "Sổ giấy thất lạc.", "solution": "Ghi ngay tại hộ.",
        "effect": "Mỗi tuần bớt 6 giờ chép lại.",
        "authors": [{"kind": "individual", "name": "Tác giả", "role": "author", "share": 100}],
    }  # fmt: skip
    initiative = api("author-dk", "registration", "POST", "/initiatives", **body)
    path = f"/initiatives/{initiative['id']}"
    units = {unit["code"]: unit["id"] for unit in api("author-dk", "registration", "GET", "/units?limit=200")["items"]}
    api("author-dk", "registration", "POST", f"{path}/submit")
    api("officer-mt", "registration", "POST", f"{path}/endorse")
    api("officer-mt", "registration", "POST", f"{path}/forward", council_unit_id=units["DK"])
    return str(initiative["id"])


def test_a_session_from_agenda_to_decision(visitor: Visitor, api: Call, dossier: str) -> None:
    secretary = visitor("secretary-dk")
    address = plan_and_open(secretary, dossier)
    score_and_vote(visitor("member-dk-1", 360), address, dossier)
    step_back(visitor("member-dk-3"), address)
    for persona in ("member-dk-2", "secretary-dk", "chair-dk"):
        judge(api, persona, dossier)
    secretary.goto(address)
    secretary.get_by_role("button", name="Kết thúc chấm điểm, biểu quyết").click()
    expect(secretary.locator("main")).to_contain_text("1 được công nhận, 0 không")
    expect(secretary.locator(".results")).to_contain_text("độ lệch")
    decide(visitor("chair-dk"), address, f"{dossier[-6:]}/QĐ-UBND")
    author = visitor("author-dk")
    see_at_last(author, f"/initiatives/{dossier}", "Được công nhận")
    see_at_last(visitor(), "/catalogue?q=so+tay+dien+tu", TITLE)


def plan_and_open(page: Page, dossier: str) -> str:
    page.goto("/sessions/new")
    page.get_by_label("Tên phiên họp").fill("Phiên họp thử")
    page.get_by_label("Ngày họp").fill(date.today().strftime("%d/%m/%Y"))
    page.get_by_role("button", name="Lập phiên họp").last.click()
    expect(page.locator("h1")).to_have_text("Phiên họp thử")
    address = page.url
    see_at_last(page, address, TITLE)
    page.locator(f'input[name="dossier_ids"][value="{dossier}"]').check()
    page.get_by_role("button", name="Lưu danh sách hồ sơ").click()
    page.get_by_role("button", name="Mở phiên họp").click()
    expect(page.get_by_role("alert")).to_be_visible()  # Nobody is there yet: no quorum.
    for seat in page.locator('input[name="present"]').all():
        seat.check()
    page.get_by_role("button", name="Ghi người có mặt").click()
    expect(page.locator("main")).to_contain_text("Thành viên có mặt: 5/5")
    page.get_by_role("button", name="Mở phiên họp").click()
    expect(page.locator(".badge").first).to_have_text("Đang họp")
    return address


def score_and_vote(page: Page, session: str, dossier: str) -> None:
    page.goto(session)
    page.get_by_role("link", name=TITLE).click()
    scores = page.locator("input[data-weight]").all()
    for number, score in enumerate(scores):
        score.fill("11" if number == 0 else "9")
    page.get_by_role("button", name="Lưu phiếu chấm").click()
    expect(page.locator(".score .error")).to_have_count(1)
    expect(scores[1]).to_have_value("9")
    scores[0].fill("7,5")
    expect(page.locator("[data-mean]")).to_have_text("87,5")
    page.get_by_role("button", name="Lưu phiếu chấm").click()
    expect(page.locator(".notice").first).to_contain_text("Đã lưu phiếu chấm")
    page.get_by_label("Đồng ý công nhận").check()
    page.get_by_role("button", name="Gửi phiếu biểu quyết").click()
    expect(page.locator("main")).to_contain_text("Bạn đã biểu quyết")


def step_back(page: Page, session: str) -> None:
    page.goto(session)
    page.get_by_role("link", name=TITLE).click()
    page.get_by_text("Khai báo xung đột lợi ích").click()
    page.get_by_label("Loại").select_option("relative")
    page.get_by_label("Nêu rõ").fill("Là em của tác giả.")
    page.get_by_role("button", name="Khai báo").click()
    expect(page.locator("main")).to_contain_text("không tham gia xét")


def judge(api: Call, persona: str, dossier: str) -> None:
    rules = api(persona, "review", "GET", f"/dossiers/{dossier}")["session"]["rules"]
    scores = {criterion["code"]: 8 for criterion in rules["criteria"]}
    api(persona, "review", "PUT", f"/dossiers/{dossier}/score-sheet", scores=scores)
    api(persona, "review", "POST", f"/dossiers/{dossier}/ballot", choice="yes")


def decide(page: Page, session: str, number: str) -> None:
    page.goto(session)
    page.get_by_label("Số quyết định").fill(number)
    page.get_by_label("Căn cứ").fill("Quy chế xét sáng kiến của huyện; biên bản phiên họp.")
    page.get_by_role("button", name="Ban hành quyết định").click()
    expect(page.locator("main")).to_contain_text(f"Quyết định số {number}")
    expect(page.locator(".badge").first).to_have_text("Đã có quyết định")


def see_at_last(page: Page, address: str, text: str) -> None:
    """Events take a moment to arrive."""
    for _ in range(40):
        page.goto(address)
        if page.locator("main").get_by_text(text).count():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{text} has not appeared at {address}")
