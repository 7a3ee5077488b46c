"""Journey 4: two communes become one; prepared, previewed, approved by another, applied, and seen in the tree."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

OLD = (("HT-1", "Xã Hành Trình Một"), ("HT-2", "Xã Hành Trình Hai"))
NEW = "Xã Hành Trình Mới"
DAY, EVE = "01/10/2025", "30/09/2025"


def communes(api: Callable[..., Any]) -> None:
    [district] = [one for one in api("admin-kh", "registration", "GET", "/units?q=DK")["items"] if one["code"] == "DK"]
    for code, name in OLD:
        api(
            "admin-kh", "registration", "POST", "/units", code=code, name=name, kind="administrative", level="commune",
            affiliation="other_agency", parent_id=district["id"], valid_from="2010-01-01",
        )  # fmt: skip


def prepare(page: Page) -> str:
    page.goto("/reorganisations")
    page.get_by_role("link", name="Soạn phương án").click()
    page.get_by_label("Tên phương án").fill("Hợp nhất hai xã của hành trình")
    page.get_by_label("Căn cứ pháp lý").fill("Nghị quyết thử nghiệm")
    page.get_by_label("Có hiệu lực từ ngày").fill(DAY)
    page.get_by_role("button", name="Lưu bản nháp").last.click()
    expect(page.locator(".empty")).to_contain_text("chưa có thay đổi nào")
    page.get_by_role("link", name="Lập đơn vị mới").click()
    page.get_by_label("Tên đơn vị").fill(NEW)
    page.get_by_label("Mã", exact=True).fill("HT-M")
    page.get_by_label("Cấp", exact=True).select_option("commune")
    page.get_by_label("Trực thuộc").fill("Tỉnh Khánh Hòa")
    page.get_by_role("button", name="Thêm vào phương án").last.click()
    page.get_by_role("link", name="Hợp nhất, sáp nhập").click()
    page.locator('input[name="units.0.unit"]').press_sequentially("hành trình")
    expect(page.locator("datalist option").first).to_have_attribute("value", f"{OLD[0][1]} ({OLD[0][0]})")
    page.locator('input[name="units.0.unit"]').fill(f"{OLD[0][1]} ({OLD[0][0]})")
    page.get_by_role("button", name="Thêm đơn vị").click()
    page.locator('input[name="units.1.unit"]').fill(OLD[1][0])
    page.get_by_label("Nhập vào").fill(NEW)
    page.get_by_role("button", name="Thêm vào phương án").last.click()
    expect(page.locator("ol.changes > li").last).to_contain_text(f"{OLD[0][1]} và {OLD[1][1]} hợp nhất thành {NEW}")
    return page.url


def press(page: Page, act: str, button: str) -> None:
    page.locator("summary", has_text=act).click()
    page.get_by_role("button", name=button, exact=True).click()


def test_two_communes_become_one(visitor: Callable[..., Page], api: Callable[..., Any]) -> None:
    communes(api)
    administrator = visitor("admin-kh")
    address = prepare(administrator)
    expect(administrator.locator("aside")).to_contain_text("cần người khác duyệt")
    administrator.get_by_role("link", name="Kiểm tra và xem trước").click()
    expect(administrator.get_by_role("heading", name="Kết thúc: 2")).to_be_visible()
    standing = visitor("standing-kh", 360)
    standing.goto(address)
    press(standing, "Duyệt phương án", "Duyệt")
    expect(standing.locator(".badge")).to_have_text("Đã duyệt, chờ áp dụng")
    assert standing.evaluate("document.documentElement.scrollWidth") <= 360
    administrator.goto(address)
    press(administrator, "Áp dụng", "Áp dụng ngay")
    expect(administrator.locator(".badge")).to_have_text("Đã áp dụng")
    look_at_the_tree(standing)
    administrator.goto(address)
    press(administrator, "Hoàn tác", "Hoàn tác")
    expect(administrator.locator(".badge")).to_have_text("Đã hoàn tác")


def look_at_the_tree(page: Page) -> None:
    """Of the day before, under the district; of the day, the new commune under the province."""
    page.goto(f"/units?as_of={EVE}")
    expect(page.locator(".notice")).to_contain_text(EVE)
    page.locator("li", has_text="Huyện Diên Khánh").locator("summary").last.click()
    expect(page.get_by_role("link", name=OLD[0][1])).to_be_visible()
    expect(page.get_by_role("link", name=NEW)).to_have_count(0)
    page.get_by_role("link", name=OLD[0][1]).click()
    expect(page.locator(".notice").last).to_contain_text(f"{NEW} chịu trách nhiệm")
    page.goto("/units")
    page.get_by_role("link", name=NEW).click()
    expect(page.locator("section", has_text="Hình thành từ")).to_contain_text("Nghị quyết thử nghiệm")
