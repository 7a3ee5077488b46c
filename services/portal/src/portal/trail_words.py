"""The words of the audit: what its tables, columns and changes are called in Vietnamese; knows no page."""

from portal import labels

FIELD = {
    "title": "Tên sáng kiến",
    "status": "Tình trạng",
    "content": "Nội dung thi đua",
    "field": "Lĩnh vực",
    "summary": "Tóm tắt",
    "problem": "Khó khăn trước đây",
    "solution": "Cách làm mới",
    "effect": "Hiệu quả",
    "first_applied_on": "Ngày áp dụng lần đầu",
    "code": "Mã hồ sơ",
    "received_on": "Ngày nộp",
    "judged_on": "Ngày phiên họp xét hồ sơ kết thúc",
    "submitted_at": "Lúc nộp",
    "unit_id": "Đơn vị xét duyệt",
    "council_unit_id": "Hội đồng của",
    "responsible_unit_id": "Đơn vị đang phụ trách",
    "reason": "Lý do",
    "decision_number": "Số quyết định",
    "decided_on": "Ngày quyết định",
    "score": "Điểm",
    "name": "Họ tên hoặc tên tập thể",
    "kind": "Là",
    "role": "Vai trò",
    "share": "Đóng góp (%)",
    "filename": "Tên tệp",
    "action": "Việc",
    "happened_on": "Ngày thực hiện",
    "state": "Tình trạng",
    "position": "Thứ tự trong phiên họp",
    "forwarded_on": "Ngày chuyển hội đồng",
    "held_on": "Ngày họp",
    "place": "Nơi họp",
    "present": "Người dự họp",
    "comment": "Nhận xét",
    "number": "Số quyết định",
    "signed_on": "Ngày ký",
    "signatory": "Người ký",
    "issuer": "Nơi ban hành",
    "legal_basis": "Căn cứ",
    "outcome": "Kết quả",
    "votes": "Phiếu biểu quyết",
    "reasons": "Lý do không công nhận",
    "statement": "Vì sao đề nghị",
    "recommended_on": "Ngày đề nghị",
    "withdrawn_on": "Ngày rút đề nghị",
    "withdrawal_reason": "Lý do rút",
    "answer": "Trung ương trả lời",
    "answer_reason": "Ý kiến của Trung ương",
    "answered_on": "Ngày trả lời",
}
# Where a column of this table is called something else.
FIELD_OF = {
    ("session", "title"): "Tên phiên họp",
    ("session", "unit_id"): "Hội đồng của",
    ("dossier", "unit_id"): "Hội đồng của",
    ("conflict", "kind"): "Loại",
    ("decision", "unit_id"): "",
    ("verdict", "title"): "",
    ("verdict", "code"): "",
    ("verdict", "position"): "",
    ("verdict", "score"): "Điểm trung bình",
}
PART = {
    "initiative": "Hồ sơ",
    "initiative_author": "Tác giả",
    "initiative_step": "Bước của hồ sơ",
    "attachment": "Tệp đính kèm",
    "catalogue_entry": "Danh mục công khai",
    "dossier": "Hồ sơ trước hội đồng",
    "session": "Phiên họp",
    "conflict": "Xung đột lợi ích",
    "score_sheet": "Phiếu chấm điểm",
    "decision": "Quyết định",
    "verdict": "Kết quả của hồ sơ",
    "recommendation": "Đề nghị lên Trung ương",
}
OPERATION = {"insert": "thêm", "update": "sửa", "delete": "bỏ"}
TITLE = {
    ("initiative", "insert"): "Lập hồ sơ",
    ("initiative", "update"): "Sửa hồ sơ",
    ("initiative_author", "insert"): "Sửa danh sách tác giả",
    ("initiative_author", "delete"): "Sửa danh sách tác giả",
    ("attachment", "insert"): "Đính kèm tệp",
    ("attachment", "delete"): "Bỏ tệp đính kèm",
    ("catalogue_entry", "insert"): "Công bố trong danh mục",
    ("decision", "insert"): "Ra quyết định",
    ("verdict", "insert"): "Ra quyết định",
    ("conflict", "insert"): "Khai xung đột lợi ích, không tham gia xét",
    ("conflict", "update"): "Sửa lời khai xung đột lợi ích",
    ("recommendation", "insert"): "Đề nghị lên Trung ương",
    ("recommendation", "update"): "Cập nhật đề nghị lên Trung ương",
    ("score_sheet", "insert"): "Chấm điểm",
    ("score_sheet", "update"): "Sửa phiếu chấm điểm",
    ("score_sheet", "delete"): "Bỏ phiếu chấm điểm",
    ("session", "insert"): "Lập phiên họp",
    ("session", "update"): "Sửa chương trình phiên họp",
    ("dossier", "insert"): "Hồ sơ đến hội đồng",
    ("dossier", "update"): "Đổi thứ tự trong phiên họp",
}
# What an act is called by what a column became.
BECAME = {
    ("session", "status", "open"): "Khai mạc phiên họp",
    ("session", "status", "closed"): "Kết thúc chấm điểm và biểu quyết",
    ("session", "status", "cancelled"): "Hủy phiên họp",
    ("session", "status", "lapsed"): "Kết thúc, không còn hồ sơ nào để quyết định",
    ("session", "status", "decided"): "Ra quyết định",
    ("dossier", "state", "scheduled"): "Xếp hồ sơ vào phiên họp",
    ("dossier", "state", "waiting"): "Hồ sơ chờ xếp phiên họp khác",
    ("dossier", "state", "decided"): "Hồ sơ có kết quả",
    ("dossier", "state", "withdrawn"): "Hồ sơ được lấy lại khỏi hội đồng",
}
# And by which column has a value now.
GIVEN = {
    ("recommendation", "answer"): "Trung ương trả lời đề nghị",
    ("recommendation", "withdrawn_on"): "Rút đề nghị lên Trung ương",
}
ATTENDANCE = "Ghi người dự họp"
# Who acted when no person did, by what the process acted on.
CAUSE = {
    "vn.sangtao.review.dossier.recommendation_answered.": "Hệ thống, theo trả lời của Trung ương",
    "vn.sangtao.review.dossier.recommend": "Hệ thống, theo đề nghị của tỉnh",
    "vn.sangtao.review.": "Hệ thống, theo việc của hội đồng",
    "vn.sangtao.registration.person.erased.": "Hệ thống, theo yêu cầu về dữ liệu cá nhân",
    "vn.sangtao.registration.initiative.": "Hệ thống, theo việc của đơn vị",
    "vn.sangtao.registration.recommended_dossier.": "Hệ thống, theo trả lời của Trung ương",
}
PROCESS = "Hệ thống"
WITHHELD = {
    "score_sheet": (
        "không hiện điểm và nhận xét, vì phiên họp chưa kết thúc chấm điểm hoặc người chấm không còn tham gia xét."
    )
}
DRAFT = "lúc này hồ sơ còn là bản nháp của tác giả nên không hiện nội dung."
VALUE = {
    "content": labels.CONTENT,
    "field": labels.FIELD,
    "affiliation": labels.AFFILIATION,
    "action": labels.ACTION,
    "outcome": labels.OUTCOME,
    "answer": labels.ANSWER,
    "state": labels.DOSSIER_STATE,
    "status": labels.STATUS,
    "from_status": labels.STATUS,
    "to_status": labels.STATUS,
}
VALUE_OF = {
    ("initiative_author", "kind"): labels.AUTHOR_KIND,
    ("initiative_author", "role"): labels.AUTHOR_ROLE,
    ("session", "status"): labels.SESSION_STATUS,
    ("conflict", "kind"): labels.CONFLICT,
}
