"""The Vietnamese words for every code that the services send; knows no page."""

from collections.abc import Mapping

ROLE = {
    "operator": "Vận hành nền tảng",
    "administrator": "Quản trị viên",
    "author": "Tác giả",
    "officer": "Cán bộ đơn vị",
    "secretary": "Thư ký hội đồng",
    "member": "Ủy viên hội đồng",
    "chair": "Chủ tịch hội đồng",
    "standing": "Ban Thường trực",
}
STATUS = {
    "draft": "Bản nháp",
    "submitted": "Chờ đơn vị xét duyệt",
    "returned": "Trả lại để bổ sung",
    "endorsed": "Đơn vị đã xét duyệt",
    "forwarded": "Đã chuyển hội đồng",
    "under_review": "Hội đồng đang xét",
    "recognised": "Được công nhận",
    "not_recognised": "Không được công nhận",
    "withdrawn": "Đã rút",
}
# Several states at once, as the services take them.
HANDED_IN = ",".join(status for status in STATUS if status not in ("draft", "returned"))
STATUS_FILTER = {HANDED_IN: "Đã nộp", **STATUS}
# How a badge looks; the word in it says the same, so that nobody depends on the colour.
TONE = {
    "draft": "quiet",
    "received": "warn",
    "done": "good",
    "refused": "quiet",
    "returned": "warn",
    "recognised": "good",
    "not_recognised": "quiet",
    "withdrawn": "quiet",
    "open": "warn",
    "closed": "calm",
    "decided": "good",
    "published": "good",
    "waiting": "calm",
    "scheduled": "calm",
    "active": "good",
    "revoked": "quiet",
    "ended": "quiet",
    "suspended": "warn",
    "closing": "warn",
    "merged": "quiet",
    "future": "calm",
    "applied": "good",
    "undone": "quiet",
    "accepted": "good",
    "declined": "quiet",
}
ACTION = {
    "edit": "Sửa hồ sơ",
    "attach": "Thêm tệp đính kèm",
    "detach": "Bỏ tệp đính kèm",
    "refuse": "Không công nhận",
    "create": "Lập hồ sơ",
    "created": "Lập hồ sơ",
    "update": "Sửa hồ sơ",
    "updated": "Sửa hồ sơ",
    "submit": "Nộp hồ sơ",
    "submitted": "Nộp hồ sơ",
    "return": "Trả lại để bổ sung",
    "returned": "Trả lại để bổ sung",
    "withdraw": "Rút hồ sơ",
    "withdrawn": "Rút hồ sơ",
    "endorse": "Đơn vị xét duyệt",
    "endorsed": "Đơn vị xét duyệt",
    "forward": "Chuyển hội đồng",
    "forwarded": "Chuyển hội đồng",
    "recall": "Lấy lại từ hội đồng",
    "start_review": "Hội đồng nhận hồ sơ",
    "review_started": "Hội đồng nhận hồ sơ",
    "reinstate": "Trở lại hội đồng",
    "reinstated": "Trở lại hội đồng",
    "judged": "Phiên họp xét hồ sơ kết thúc",
    "delete": "Xoá bản nháp",
    "recognise": "Công nhận",
    "recognised": "Công nhận",
    "not_recognise": "Không công nhận",
    "not_recognised": "Không công nhận",
    "recommend": "Tỉnh đề nghị lên Trung ương",
    "unrecommend": "Tỉnh rút đề nghị lên Trung ương",
    "noted": "Trung ương ghi nhận đề nghị",
    "accepted": "Trung ương chấp nhận đề nghị",
    "declined": "Trung ương không chấp nhận đề nghị",
}
CONTENT = {
    "political_system": "Cơ quan trong hệ thống chính trị",
    "production": "Đơn vị sản xuất, kinh doanh, hộ gia đình",
    "public_service": "Đơn vị sự nghiệp",
    "armed_forces": "Lực lượng vũ trang",
}
FIELD = {
    "economy": "Kinh tế",
    "society": "Xã hội",
    "culture": "Văn hóa",
    "environment": "Môi trường",
    "security": "Quốc phòng, an ninh",
    "other": "Lĩnh vực khác",
}
AFFILIATION = {
    "front_system": "Hệ thống Mặt trận",
    "member_organisation": "Tổ chức thành viên",
    "other_agency": "Cơ quan, đơn vị khác",
}
LEVEL = {
    "centre": "Trung ương",
    "province": "Tỉnh",
    "district": "Huyện",
    "commune": "Xã",
    "village": "Thôn, tổ dân phố",
    "none": "Không theo cấp hành chính",
}
# Where a province counts levels of its own: their names are the province's.
OWN_LEVEL = {"own_1": "Cấp riêng thứ nhất", "own_2": "Cấp riêng thứ hai", "own_3": "Cấp riêng thứ ba"}
STANDING = {
    "active": "Đang hoạt động",
    "suspended": "Tạm ngừng",
    "closing": "Đã ngừng sử dụng",
    "merged": "Đã sáp nhập",
}
NATIONAL_ID = {"none": "Không thu thập", "required": "Bắt buộc"}
UNIT_KIND = {
    "front": "Ủy ban MTTQ",
    "member_organisation": "Tổ chức thành viên",
    "agency": "Cơ quan",
    "public_service": "Đơn vị sự nghiệp",
    "enterprise": "Doanh nghiệp",
    "cooperative": "Hợp tác xã",
    "armed_forces": "Lực lượng vũ trang",
    "community": "Cộng đồng dân cư",
    "administrative": "Đơn vị hành chính",
}
AUTHOR_KIND = {"individual": "Cá nhân", "collective": "Tập thể"}
AUTHOR_ROLE = {"author": "Tác giả", "co_author": "Đồng tác giả"}
COUNCIL_ROLE = {
    "chair": "Chủ tịch hội đồng",
    "vice_chair": "Phó Chủ tịch hội đồng",
    "secretary": "Thư ký",
    "member": "Ủy viên",
}
BALLOT_KIND = {"open": "Biểu quyết công khai", "secret": "Bỏ phiếu kín"}
BALLOT = {"yes": "Đồng ý công nhận", "no": "Không đồng ý", "abstain": "Không có ý kiến"}
SESSION_STATUS = {
    "planned": "Đang chuẩn bị",
    "open": "Đang họp",
    "closed": "Đã kết thúc chấm điểm",
    "decided": "Đã có quyết định",
    "lapsed": "Kết thúc, không có quyết định",
    "cancelled": "Đã hủy",
}
UNDECIDED = "planned,open,closed"
SESSION_FILTER = {UNDECIDED: "Chưa có quyết định", **SESSION_STATUS}
DOSSIER_STATE = {
    "waiting": "Chờ xếp phiên họp",
    "scheduled": "Đã xếp phiên họp",
    "decided": "Đã có kết quả",
    "withdrawn": "Đã rút",
}
ANSWER = {"noted": "Ghi nhận", "accepted": "Chấp nhận", "declined": "Không chấp nhận"}
RECOMMENDED_STATE = {
    "waiting": "Chờ Trung ương trả lời",
    "noted": "Đã ghi nhận",
    "accepted": "Đã chấp nhận",
    "declined": "Không chấp nhận",
}
RULEBOOK_STATUS = {"draft": "Bản nháp", "published": "Đã ban hành"}
CONFLICT = {
    "author": "Là tác giả hoặc đồng tác giả",
    "relative": "Có quan hệ gia đình với tác giả",
    "same_unit": "Cùng đơn vị công tác với tác giả",
    "material_interest": "Có lợi ích vật chất liên quan",
    "other": "Lý do khác",
}
REASON = {
    "quorum_not_held": "Không đủ số thành viên tối thiểu",
    "not_scored": "Chưa có phiếu chấm điểm",
    "score_below_pass": "Điểm trung bình thấp hơn mức đạt",
    "criterion_below_minimum": "Có tiêu chí thấp hơn điểm tối thiểu",
    "tie_lost": "Số phiếu đồng ý và không đồng ý bằng nhau",
    "not_approved": "Chưa đủ phiếu đồng ý",
    "taken_back_too_late": "Hồ sơ được rút hoặc lấy lại sau khi phiên họp xét hồ sơ đã kết thúc, nên không có hiệu lực",
}
TIE_RULE = {
    "percentage": "Theo tỷ lệ phiếu như bình thường",
    "chair": "Theo phiếu của Chủ tịch hội đồng",
    "refuse": "Không công nhận",
}
ACTIVITY_KIND = {"launch": "Phát động", "outreach": "Tuyên truyền"}
ACTIVITY_FORM = {
    "conference": "Hội nghị",
    "meeting": "Sinh hoạt, họp dân",
    "radio": "Truyền thanh",
    "web": "Trang thông tin điện tử",
    "press": "Báo chí",
    "social": "Mạng xã hội",
    "other": "Hình thức khác",
}
COMMENDATION_FORM = {
    "praise": "Biểu dương",
    "emulation_flag": "Cờ thi đua",
    "excellent_labour_collective": "Tập thể lao động xuất sắc",
    "certificate_of_merit": "Bằng khen",
    "certificate_of_commendation": "Giấy khen",
    "cash_reward": "Tiền thưởng",
    "achievement": "Khen thưởng thành tích",
}
AUTHORITY = {
    "centre": "Trung ương",
    "province": "Cấp tỉnh",
    "district": "Cấp huyện",
    "commune": "Cấp xã",
    "organisation": "Tổ chức, cơ quan",
}
RECIPIENT_KIND = {"collective": "Tập thể", "individual": "Cá nhân"}
RECIPIENT = {
    "front_officer": "Cán bộ trong hệ thống Mặt trận",
    "member_organisation_officer": "Cán bộ tổ chức thành viên",
    "leading_unit": "Đơn vị dẫn đầu khối thi đua",
    "recognised_author": "Tác giả có sáng kiến được công nhận",
    "outstanding": "Có thành tích xuất sắc, tiêu biểu",
    "movement": "Thành tích phong trào, chuyên đề",
    "collective": "Tập thể",
    "individual": "Cá nhân",
    "other": "Đối tượng khác",
}
OUTCOME = {"recognised": "Được công nhận", "not_recognised": "Không được công nhận"}
GRANT_STATE = {
    "active": "Đang có hiệu lực",
    "future": "Chưa đến ngày",
    "ended": "Đã hết hạn",
    "revoked": "Đã thu hồi",
}
DELEGATED = {"true": "Được ủy quyền", "false": "Được giao"}
MESSAGE_KIND = {
    "initiative.submitted": "Hồ sơ được nộp",
    "initiative.returned": "Hồ sơ bị trả lại để bổ sung",
    "initiative.withdrawn": "Hồ sơ được rút",
    "initiative.endorsed": "Đơn vị xét duyệt hồ sơ",
    "initiative.forwarded": "Hồ sơ được chuyển hội đồng",
    "initiative.recalled": "Đơn vị lấy lại hồ sơ đã chuyển",
    "initiative.review_started": "Hội đồng bắt đầu xét",
    "initiative.reinstated": "Hồ sơ đã rút hoặc lấy lại trở lại hội đồng",
    "initiative.recognised": "Sáng kiến được công nhận",
    "initiative.not_recognised": "Sáng kiến không được công nhận",
    "initiative.recommended": "Tỉnh đề nghị sáng kiến lên Trung ương",
    "initiative.recommendation_withdrawn": "Tỉnh rút đề nghị lên Trung ương",
    "initiative.recommendation_answered": "Trung ương trả lời đề nghị",
}
DATA_REQUEST = {
    "export": "Xin bản sao dữ liệu",
    "correction": "Sửa dữ liệu sai",
    "erasure": "Xoá dữ liệu",
}
DATA_STATE = {
    "received": "Chờ giải quyết",
    "in_progress": "Đang giải quyết",
    "done": "Đã giải quyết",
    "refused": "Bị từ chối",
}
DATA_SERVICE = {
    "registration": "Đăng ký sáng kiến",
    "review": "Xét công nhận",
    "reporting": "Tổng hợp, báo cáo",
    "notifications": "Thông báo",
}
REORGANISATION_STATUS = {
    "draft": "Đang soạn",
    "approved": "Đã duyệt, chờ áp dụng",
    "applied": "Đã áp dụng",
    "undone": "Đã hoàn tác",
    "withdrawn": "Đã rút",
}
CHANGE_OUTCOME = {"created": "Lập mới", "ended": "Kết thúc", "renamed": "Đổi tên", "moved": "Chuyển vị trí"}
MOVED = {
    "unit": "đơn vị thay đổi",
    "access_grant": "vai trò chuyển theo hoặc kết thúc",
    "initiative": "hồ sơ sáng kiến",
    "model": "mô hình",
    "replication": "lượt nhân rộng",
}
OCCASION = {"annual": "Hằng năm", "five_year_review": "Tổng kết 5 năm", "organisation_review": "Tổng kết của tổ chức"}
# What a roll-up for the centre counts.
FIGURE = {
    "registered": "Đăng ký",
    "recognised": "Được công nhận",
    "by_status": "Trạng thái",
    "by_content": "Nội dung thi đua",
    "by_field": "Lĩnh vực",
    "by_affiliation": "Nhóm đơn vị",
    "models": "Mô hình",
    "replications": "Nhân rộng",
    "commendations": "Khen thưởng",
    "outreach": "Tuyên truyền",
    "agencies_reached": "cơ quan, đơn vị được phát động",
    "villages_reached": "thôn, tổ dân phố được phát động",
    "activities": "hoạt động",
    "people": "lượt người",
    "quantity": "số lượng",
    "collectives": "tập thể",
    "individuals": "cá nhân",
    "other": "Khác",
}
OF_WHICH = {"leaders": "lãnh đạo"}
# What lists are narrowed by: what is typed, and what is chosen from a list.
FILTER_TYPED = {
    "q": "Từ cần tìm",
    "year": "Năm",
    "from_year": "Từ năm",
    "to_year": "Đến năm",
    "as_of": "Theo cơ cấu ngày",
    "since": "Từ ngày",
    "until": "Đến ngày",
}
FILTER_CHOSEN = {
    "status": "Trạng thái",
    "state": "Tình trạng",
    "content": "Nội dung thi đua",
    "affiliation": "Nhóm đơn vị",
    "cycle_id": "Đợt thi đua",
    "unit_id": "Đơn vị",
    "under": "Đơn vị",
    "mine": "Chỉ của tôi",
    "role": "Vai trò",
    "delegated": "Cách có",
    "person_id": "Người",
    "level": "Cấp",
    "kind": "Loại",
    "tenant": "Tỉnh",
    "province": "Tỉnh",
    "table": "Loại dữ liệu",
    "operation": "Việc",
    "open": "Chờ giải quyết",
    "unread": "Chưa đọc",
}


def text(words: Mapping[str, str], code: object) -> str:
    """The word, or the code itself when a service is newer than this portal."""
    return words.get(str(code), str(code)) if code not in (None, "") else ""
