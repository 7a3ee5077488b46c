"""The evaluation as a workbook that an officer can hand in: A4, Vietnamese headings, values and no formulas."""

import io
from datetime import date
from textwrap import wrap
from typing import Any

import xlsxwriter

from reporting.api import wording

FONT = "Times New Roman"
# Whatever somebody typed stays text: no cell becomes a formula, a link or a number.
BOOK = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
UNDECIDED = "chưa xét"
# `_)` keeps numbers off the frame; a zero is shown as a dash.
NUMBER, RATE, DAY = '#,##0_);-#,##0_);"–"_)', "0.0_)", "dd/mm/yyyy"
LINE_POINTS, PADDING_POINTS = 16, 5
MARGIN_CHARACTERS = 2  # Of a column, for the indent and for letters that are wider than the digits it is measured in.
_FRAME = {"border": 1, "valign": "vcenter", "text_wrap": True}
_LOOKS: dict[str, dict[str, Any]] = {
    "nation": {"bold": True, "align": "center"},
    "motto": {"bold": True, "align": "center", "underline": 1},
    "title": {"bold": True, "align": "center", "font_size": 14},
    "subtitle": {"italic": True, "align": "center"},
    "section": {"bold": True, "valign": "vcenter"},
    "note": {"italic": True, "font_size": 11, "text_wrap": True, "valign": "top"},
    "sign": {"bold": True, "align": "center"},
    "head": {**_FRAME, "bold": True, "align": "center", "bg_color": "#E7EEF5"},
    "text": {**_FRAME, "align": "left", "indent": 1},
    "centre": {**_FRAME, "align": "center"},
    "number": {**_FRAME, "align": "right", "num_format": NUMBER},
    "rate": {**_FRAME, "align": "right", "num_format": RATE},
    "day": {**_FRAME, "align": "center", "num_format": DAY},
    "total": {**_FRAME, "bold": True, "align": "left", "indent": 1},
    "total_number": {**_FRAME, "bold": True, "align": "right", "num_format": NUMBER},
}
Line = list[tuple[Any, str]]


class Sheet:
    """Writes down a worksheet from the top, a line at a time; every sheet prints on A4 as wide as the page."""

    def __init__(self, book: Any, name: str, widths: list[int], looks: dict[str, Any]) -> None:
        self.page, self.looks, self.widths, self.row = book.add_worksheet(name), looks, widths, 0
        self.last = len(widths) - 1
        for column, width in enumerate(widths):
            self.page.set_column(column, column, width)
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.page.set_margins(left=0.8, right=0.4, top=0.8, bottom=0.8)
        self.page.set_footer("&C&10Trang &P/&N")
        self.page.hide_gridlines(2)
        self.page.center_horizontally()

    def across(
        self, text: str, look: str, height: int | None = None, *, first: int = 0, last: int | None = None
    ) -> None:
        """One text over several columns, all of them when not told otherwise."""
        self.page.merge_range(self.row, first, self.row, self.last if last is None else last, text, self.looks[look])
        if height:
            self.page.set_row(self.row, height)

    def skip(self, rows: int = 1) -> None:
        self.row += rows

    def line(self, cells: Line) -> None:
        for column, (value, look) in enumerate(cells):
            self._write(column, value, look)
        self.page.set_row(self.row, PADDING_POINTS + LINE_POINTS * self._lines(cells))
        self.row += 1

    def _lines(self, cells: Line) -> int:
        """How many lines the longest text needs: not every program fits a row's height to wrapped text."""
        texts = ((value, self.widths[column]) for column, (value, _) in enumerate(cells) if isinstance(value, str))
        return max([1, *(len(wrap(text, width - MARGIN_CHARACTERS)) for text, width in texts)])

    def _write(self, column: int, value: Any, look: str) -> None:
        if isinstance(value, date):
            self.page.write_datetime(self.row, column, value, self.looks[look])
        elif isinstance(value, int | float):
            self.page.write_number(self.row, column, value, self.looks[look])
        else:
            self.page.write_string(self.row, column, value or "", self.looks[look])

    def head(self, *titles: str) -> None:
        self.line([(title, "head") for title in titles])

    def section(self, title: str) -> None:
        self.skip()
        self.across(title, "section", 22)
        self.skip()


def write(evaluation: dict[str, Any], today: date) -> bytes:
    """The workbook of an evaluation as the use case gave it."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, BOOK) as book:
        book.set_properties({"title": f"Đánh giá phong trào “Đoàn kết sáng tạo” {_years(evaluation)}"})
        looks = {name: book.add_format({"font_name": FONT, "font_size": 12, **look}) for name, look in _LOOKS.items()}
        _figures(Sheet(book, "Số liệu", [40, 12, 12, 12, 12, 12, 12, 12], looks), evaluation, today)
        _commendations(Sheet(book, "Khen thưởng", [6, 26, 13, 27, 16, 36, 11, 11, 26], looks), evaluation)
    return content.getvalue()


def _years(evaluation: dict[str, Any]) -> str:
    first, last = evaluation["from_year"], evaluation["to_year"]
    return f"năm {first}" if first == last else f"giai đoạn {first} - {last}"


def _figures(sheet: Sheet, evaluation: dict[str, Any], today: date) -> None:
    _heading(sheet, evaluation, today)
    _launching(sheet, evaluation)
    _initiatives(sheet, evaluation)
    _models(sheet, evaluation["models"])
    _decisions(sheet, evaluation["decisions"])
    _signatures(sheet)


def _heading(sheet: Sheet, evaluation: dict[str, Any], today: date) -> None:
    sheet.across(evaluation["unit"].name.upper(), "nation", last=1)
    sheet.across("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "nation", first=2)
    sheet.skip()
    sheet.across("Độc lập - Tự do - Hạnh phúc", "motto", first=2)
    sheet.skip(2)
    sheet.across("BIỂU SỐ LIỆU ĐÁNH GIÁ PHONG TRÀO THI ĐUA “ĐOÀN KẾT SÁNG TẠO”", "title", 22)
    sheet.skip()
    sheet.across(f"{evaluation['unit'].name}, {_years(evaluation)}", "title", 22)
    sheet.skip()
    structure = f", theo cơ cấu đơn vị ngày {evaluation['as_of']:%d/%m/%Y}" if evaluation["as_of"] else ""
    sheet.across(f"(Số liệu lấy từ hệ thống ngày {today:%d/%m/%Y}{structure})", "subtitle")
    sheet.skip()


def _launching(sheet: Sheet, evaluation: dict[str, Any]) -> None:
    outreach = evaluation["outreach"]
    sheet.section("I. Triển khai, tuyên truyền")
    sheet.head("Nội dung", "Số lượng")
    launched = "Cơ quan, tổ chức, đơn vị, địa phương được phát động"
    sheet.line([(launched, "text"), (outreach["agencies_reached"], "number")])
    sheet.line([("Thôn, tổ dân phố được phát động", "text"), (outreach["villages_reached"], "number")])
    if evaluation["activities"]:
        sheet.skip()
        sheet.head("Hoạt động", "Số lần", "Số người")
    for line in evaluation["activities"]:
        kind = wording.ACTIVITY_KIND.get(line.kind, line.kind)
        form = wording.ACTIVITY_FORM.get(line.form, line.form)
        sheet.line([(f"{kind}: {form.lower()}", "text"), (line._mapping["count"], "number"), (line.people, "number")])


def _initiatives(sheet: Sheet, evaluation: dict[str, Any]) -> None:
    sheet.section("II. Đăng ký và công nhận sáng kiến, ý tưởng mới")
    affiliations = ("Hệ thống Mặt trận", "Tổ chức thành viên", "Cơ quan, đơn vị khác")
    sheet.head("Năm", "Đăng ký", "Được công nhận", *affiliations, "Chưa xét", "Tỷ lệ công nhận trên số đã xét (%)")
    for year, parts in evaluation["recognised"].items():
        registered = (evaluation["registered"][year], "number")
        sheet.line([(f"Năm {year}", "text"), registered, *_recognised(parts, evaluation, year)])
    decided = [parts for parts in evaluation["recognised"].values() if parts]
    names = ("total", "front_system", "member_organisations", "other_agencies")
    sums: Line = [(sum(parts[name] for parts in decided), "total_number") for name in names]
    waiting = (sum(evaluation["undecided"].values()), "total_number")
    sheet.line([("Cộng", "total"), (evaluation["registered"]["total"], "total_number"), *sums, waiting, ("", "total")])


def _recognised(parts: dict[str, int] | None, evaluation: dict[str, Any], year: str) -> Line:
    waiting = (evaluation["undecided"][year], "number")
    if parts is None:
        return [*[(UNDECIDED, "centre")] * 4, waiting, (UNDECIDED, "centre")]
    rate = (evaluation["recognition_rate_percent"][year], "rate")
    return [*((number, "number") for number in parts.values()), waiting, rate]


def _models(sheet: Sheet, models: dict[str, Any]) -> None:
    sheet.section("III. Mô hình và nhân rộng")
    sheet.head("Nội dung", "Số lượng")
    years = models["years"]
    span = f" (năm {years[0]} - {years[-1]})" if len(years) > 1 else f" (năm {years[0]})" if years else ""
    sheet.line([(f"Mô hình xây dựng được{span}", "text"), (models["total"], "number")])
    for year, quantity in models["replicated_by_origin_year"].items():
        sheet.line([(f"Trong đó nhân rộng từ cách làm hay năm {year}", "text"), (quantity, "number")])


def _decisions(sheet: Sheet, decisions: list[Any]) -> None:
    if not decisions:
        return
    sheet.section("IV. Quyết định công nhận")
    sheet.head("Số quyết định", "Ngày ký", "Năm xét", "Công nhận", "Không công nhận")
    for decision in decisions:
        sheet.line(
            [
                (decision.number, "text"),
                (decision.signed_on, "day"),
                (str(decision.year), "centre"),
                (decision.recognised, "number"),
                (decision.not_recognised, "number"),
            ]
        )


def _signatures(sheet: Sheet) -> None:
    sheet.skip()
    sheet.across(".................., ngày ..... tháng ..... năm ..........", "subtitle", first=3)
    sheet.skip()
    sheet.across("NGƯỜI LẬP BIỂU", "sign", last=1)
    sheet.across("TM. BAN THƯỜNG TRỰC", "sign", first=3)
    sheet.skip(5)


def _commendations(sheet: Sheet, evaluation: dict[str, Any]) -> None:
    sheet.page.set_landscape()
    sheet.across("KHEN THƯỞNG TRONG PHONG TRÀO THI ĐUA “ĐOÀN KẾT SÁNG TẠO”", "title", 22)
    sheet.skip()
    sheet.across(f"{evaluation['unit'].name}, {_years(evaluation)}", "title", 22)
    sheet.skip(2)
    sheet.page.repeat_rows(sheet.row)
    sheet.page.freeze_panes(sheet.row + 1, 0)
    sheet.head(
        "TT", "Dịp khen thưởng", "Thời gian", "Hình thức", "Cấp khen", "Đối tượng", "Tập thể", "Cá nhân", "Trong đó"
    )
    for number, line in enumerate(evaluation["commendations"], start=1):
        sheet.line(_commendation(number, line))
    if not evaluation["commendations"]:
        sheet.across("Không có khen thưởng nào được ghi nhận.", "subtitle")
        sheet.skip()
    sheet.skip()
    sheet.across(
        "Số lượt tập thể, cá nhân được khen; mỗi dòng tính cho toàn bộ thời gian của dịp khen thưởng đó, "
        "nên không cộng các dòng có thời gian trùng nhau.",
        "note",
        33,
    )


def _commendation(number: int, line: dict[str, Any]) -> Line:
    first, last = line["from_year"], line["to_year"]
    parts = [f"{count:n} {wording.OF_WHICH.get(label, label)}" for label, count in sorted(line["of_which"].items())]
    return [
        (number, "centre"),
        (wording.OCCASION.get(line["occasion"], line["occasion"]), "text"),
        (str(first) if first == last else f"{first} - {last}", "centre"),
        (wording.COMMENDATION_FORM.get(line["form"], line["form"]), "text"),
        (wording.AUTHORITY.get(line["authority"], line["authority"]), "text"),
        (wording.GROUP.get(line["group"], line["group"]), "text"),
        (line["collectives"], "number"),
        (line["individuals"], "number"),
        ("; ".join(parts), "text"),
    ]
