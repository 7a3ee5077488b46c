"""Vietnamese words of the workbook for the codes in the figures; a code without a word shows itself."""

ACTIVITY_KIND = {"launch": "Phát động", "outreach": "Tuyên truyền"}
ACTIVITY_FORM = {
    "conference": "Hội nghị",
    "meeting": "Sinh hoạt, họp lồng ghép",
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
    "province": "Tỉnh",
    "district": "Huyện",
    "commune": "Xã",
    "organisation": "Tổ chức, cơ quan",
}
OCCASION = {
    "annual": "Tổng kết năm",
    "topical": "Chuyên đề",
    "five_year_review": "Tổng kết 5 năm",
    "organisation_review": "Tổng kết của tổ chức",
}
GROUP = {
    "collective": "Tập thể",
    "individual": "Cá nhân",
    "front_officer": "Cán bộ trong hệ thống Mặt trận",
    "member_organisation_officer": "Cán bộ các tổ chức thành viên",
    "leading_unit": "Đơn vị dẫn đầu khối thi đua",
    "recognised_author": "Cá nhân được công nhận sáng kiến",
    "outstanding": "Xuất sắc, tiêu biểu trong phong trào",
    "movement": "Thành tích phong trào, chuyên đề",
}
OF_WHICH = {
    "leader": "lãnh đạo",
    "leaders": "lãnh đạo",
    "household": "hộ gia đình",
    "households": "hộ gia đình",
    "residential_area": "khu dân cư",
    "residential_areas": "khu dân cư",
    "front_officer": "cán bộ Mặt trận",
    "front_officers": "cán bộ Mặt trận",
    "member_organisation_officer": "cán bộ tổ chức thành viên",
    "member_organisation_officers": "cán bộ tổ chức thành viên",
}
