"""Journey 3: the standing committee reads its dashboard, and takes the spreadsheet along."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

EXPECTED = json.loads(
    (Path(__file__).parents[2] / "examples" / "dien-khanh" / "data" / "expected.json").read_text("utf-8")
)
SPAN = "/dashboard?from_year=2019&to_year=2021"


@pytest.mark.parametrize("width", [1280, 360])
def test_the_dashboard_shows_three_years(visitor: Callable[..., Page], width: int) -> None:
    page = visitor("standing-dk", width)
    page.goto(SPAN)
    tiles = page.locator(".tile strong")
    expect(tiles.nth(0)).to_have_text(str(EXPECTED["registered"]["total"]))
    expect(tiles.nth(1)).to_have_text("41")
    years = page.locator("section", has_text="Theo năm").locator("tbody tr")
    for row, year in zip(years.all(), ("2019", "2020"), strict=False):
        expect(row).to_contain_text(year)
        expect(row).to_contain_text(str(EXPECTED["registered"][year]))
        expect(row).to_contain_text(f"{EXPECTED['recognition_rate_percent'][year]}%".replace(".", ","))
    expect(years.nth(2)).to_contain_text("chưa xét")
    expect(page.locator("[data-chart] canvas")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_number_leads_to_its_dossiers(visitor: Callable[..., Page]) -> None:
    page = visitor("standing-dk")
    page.goto(SPAN)
    page.get_by_role("link", name="20", exact=True).click()
    rows = page.locator("tbody th")
    expect(rows).to_have_count(20)
    expect(page.locator(".badge").first).to_have_text("Được công nhận")


def test_a_list_goes_on_without_a_new_page(visitor: Callable[..., Page]) -> None:
    page = visitor("standing-dk")
    page.goto("/initiatives?year=2019")
    expect(page.locator("tbody th")).to_have_count(20)
    page.get_by_role("link", name="Xem tiếp").click()
    expect(page.locator("tbody th")).to_have_count(40)
    page.get_by_role("link", name="Xem tiếp").click()
    expect(page.locator("tbody th")).to_have_count(EXPECTED["registered"]["2019"])
    expect(page.get_by_role("link", name="Xem tiếp")).to_have_count(0)


def test_the_spreadsheet_comes_through(visitor: Callable[..., Page]) -> None:
    page = visitor("standing-dk")
    page.goto(SPAN)
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Tải bảng tính").click()
    book = load_workbook(io.BytesIO(Path(downloading.value.path()).read_bytes()), read_only=True)
    assert "Số liệu" in book.sheetnames


def test_the_public_searches_without_signing_in(visitor: Callable[..., Page]) -> None:
    page = visitor()
    page.goto("/")
    page.get_by_label("Tìm sáng kiến").fill("lua chat luong cao")
    page.get_by_role("button", name="Tìm").click()
    page.get_by_role("link", name="lúa chất lượng cao").first.click()
    expect(page.locator("aside")).to_contain_text("Hội Nông dân")
