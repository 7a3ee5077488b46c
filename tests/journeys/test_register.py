"""Journey 1: an author signs in, registers an initiative with a co-author and a file, and hands it in."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sample_files import pdf

TITLE = "Tổ tự quản thu gom rác tại nguồn"
PDF = pdf()


@pytest.mark.parametrize("width", [1280, 360])
def test_an_author_registers_and_submits(visitor: Callable[..., Page], tmp_path: Path, width: int) -> None:
    page = visitor("author-dk", width)
    title = f"{TITLE} {width}"
    fill_in_a_draft(page, title)
    expect(page.locator(".notice")).to_contain_text("Đã lưu bản nháp")
    attach(page, tmp_path / "so-lieu.pdf")
    refused_for_its_shares(page)
    mend_the_shares(page)
    page.get_by_role("button", name="Nộp hồ sơ").click()
    expect(page.locator(".badge").first).to_have_text("Chờ đơn vị xét duyệt")
    expect(page.locator("main")).to_contain_text(re.compile(r"KH-\d{4}-\w{3}-\w{4}"))
    officer = visitor("officer-mt", width)
    officer.goto("/initiatives?status=submitted")
    expect(officer.get_by_role("link", name=title).first).to_be_visible()


def fill_in_a_draft(page: Page, title: str) -> None:
    page.get_by_role("link", name="Đăng ký sáng kiến").first.click()
    page.get_by_label("Tên sáng kiến").fill(title)
    page.get_by_label("Nội dung thi đua").select_option("political_system")
    page.get_by_label("Lĩnh vực").select_option("environment")
    page.get_by_label("Tóm tắt").fill("Mỗi tổ dân phố cử một nhóm phân loại rác tại nguồn vào sáng thứ bảy.")
    page.get_by_label("Cách làm mới").fill("Chia ba loại rác, ghi sổ, cân và công bố hằng tuần.")
    page.get_by_label("Hiệu quả").fill("Lượng rác phải chở giảm từ 1,2 tấn còn 0,7 tấn mỗi tuần.")
    page.get_by_label("Ngày áp dụng lần đầu").fill("05012021")
    page.get_by_role("button", name="Thêm đồng tác giả").click()
    page.locator('[name="authors.1.name"]').fill("Tổ dân phố số 3")
    page.locator('[name="authors.1.kind"]').select_option("collective")
    page.locator('[name="authors.0.share"]').fill("60")
    page.locator('[name="authors.1.share"]').fill("30")
    expect(page.locator("[data-sum]")).to_have_text("90")
    page.get_by_role("button", name="Lưu bản nháp").last.click()


def attach(page: Page, file: Path) -> None:
    file.write_bytes(PDF)
    page.locator("#file").set_input_files(file)
    page.get_by_role("button", name="Tải lên").click()
    expect(page.locator("#attachments")).to_contain_text("so-lieu.pdf")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="so-lieu.pdf").click()
    assert Path(downloading.value.path()).read_bytes() == PDF


def refused_for_its_shares(page: Page) -> None:
    page.get_by_role("button", name="Nộp hồ sơ").click()
    expect(page.get_by_role("alert")).to_contain_text("100")
    expect(page.locator(".badge").first).to_have_text("Bản nháp")


def mend_the_shares(page: Page) -> None:
    page.get_by_role("alert").get_by_role("link", name="Sửa nội dung").click()
    page.locator('[name="authors.1.share"]').fill("40")
    expect(page.locator("[data-sum]")).to_have_text("100")
    page.get_by_role("button", name="Lưu thay đổi").last.click()
    expect(page.locator(".notice")).to_contain_text("Đã lưu thay đổi")


def test_two_presses_make_one_draft(visitor: Callable[..., Page]) -> None:
    page = visitor("author-dk")
    page.goto("/initiatives/new")
    page.get_by_label("Tên sáng kiến").fill("Bấm hai lần")
    page.get_by_label("Nội dung thi đua").select_option("production")
    page.get_by_label("Lĩnh vực").select_option("economy")
    sent = page.evaluate(
        """async () => {
            const body = () => new URLSearchParams(new FormData(document.querySelector("form.sheet")));
            const send = () => fetch(location.href, {method: "POST", body: body()});
            const answers = await Promise.all([send(), send()]);
            return answers.map((answer) => answer.url);
        }"""
    )
    assert sent[0] == sent[1]
    assert "/initiatives/" in sent[0]


def test_a_newer_version_is_shown_beside_what_was_typed(visitor: Callable[..., Page], api: Callable[..., Any]) -> None:
    page = visitor("author-dk")
    mine = api("author-dk", "registration", "POST", "/initiatives", **draft(api))
    page.goto(f"/initiatives/{mine['id']}/edit")
    page.get_by_label("Tên sáng kiến").fill("Tên của tôi")
    other = visitor("author-dk")  # The same author, at another screen: a draft is nobody else's.
    other.goto(f"/initiatives/{mine['id']}/edit")
    other.get_by_label("Tên sáng kiến").fill("Tên của cán bộ")
    other.get_by_role("button", name="Lưu thay đổi").last.click()
    expect(other.locator(".notice")).to_contain_text("Đã lưu thay đổi")
    page.get_by_role("button", name="Lưu thay đổi").last.click()
    expect(page.get_by_label("Tên sáng kiến")).to_have_value("Tên của tôi")
    expect(page.locator(".newer")).to_contain_text("Tên của cán bộ")
    page.get_by_role("button", name="Lưu thay đổi").last.click()
    expect(page.locator("h1")).to_have_text("Tên của tôi")


def draft(api: Callable[..., Any]) -> dict[str, Any]:
    cycle = api("author-dk", "registration", "GET", "/cycles")["items"][0]
    author = {"kind": "individual", "name": "Tác giả", "role": "author", "share": 100}
    body = {"title": "Hai người cùng sửa", "content": "production", "field": "economy", "cycle_id": cycle["id"]}
    return body | {"authors": [author]}
