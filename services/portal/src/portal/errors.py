"""Every failure as a Vietnamese page with the way on; knows no service's codes but those about grants."""

from common.messages import Catalogue
from flask import Flask, current_app, flash, g, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from portal import csrf, labels
from portal.clients import ApiError, text
from portal.session import drop_grant, expire, remember_return, visitor

# The grant was revoked or has ended: choose again instead of failing on every page.
GRANT_IS_GONE = frozenset({"auth.no_such_grant", "auth.choose_grant", "auth.no_grant"})
TITLES = {
    400: "Yêu cầu chưa hợp lệ",
    401: "Cần đăng nhập",
    403: "Không được phép",
    404: "Không tìm thấy",
    409: "Chưa làm được",
    413: "Tệp quá lớn",
    429: "Đang có quá nhiều yêu cầu",
    503: "Tạm thời chưa dùng được",
}


# The whole province is refused: none of its pages is a way on.
STANDINGS = {"tenant.suspended": "Tỉnh đang tạm ngừng", "tenant.closing": "Tỉnh đã ngừng sử dụng hệ thống"}


def register(app: Flask) -> None:
    app.register_error_handler(ApiError, on_api_error)
    app.register_error_handler(HTTPException, on_http_exception)
    app.register_error_handler(Exception, on_unexpected)


def on_api_error(error: ApiError) -> Response:
    if error.status == 401:
        expire()
        return ask_to_sign_in()
    if error.code in GRANT_IS_GONE and visitor():
        drop_grant()
        return ask_to_choose()
    if error.code == csrf.REFUSED and csrf.is_surely_ours():
        return ask_to_send_again() if visitor() else ask_to_sign_in()
    if error.status == 422 and request.method == "GET" and request.args:
        return page(422, _wrong_filters(error.fields) if error.fields else error.text, error.request_id)
    if error.code in STANDINGS:
        return page(403, error.text, error.request_id, STANDINGS[error.code])
    status = 503 if error.status >= 500 else error.status
    answer = page(status, error.text, error.request_id)
    if error.retry_after:
        answer.headers["Retry-After"] = error.retry_after
    return answer


def _wrong_filters(fields: dict[str, str]) -> str:
    """Each by its name on the page, and why. A service's codes to choose from are no words for a reader."""
    reasons = []
    for pointer, reason in fields.items():
        name = pointer.strip("/")
        if name in labels.FILTER_CHOSEN:
            reasons.append(f"{labels.FILTER_CHOSEN[name]}: {text('portal.filter_choice')}")
        elif name in labels.FILTER_TYPED:
            reasons.append(f"{labels.FILTER_TYPED[name]}: {reason[:1].lower()}{reason[1:]}")
        else:
            reasons.append(reason)
    return text("portal.filter", reasons=" ".join(dict.fromkeys(reasons)))


def on_http_exception(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if status == 405 and request.method == "GET" and (above := _page_above()):
        return redirect(above)
    code = f"http.{status}"
    return page(status, text(code) if code in Catalogue("portal").codes() else text("http.400"))


def _page_above() -> str:
    """The page whose form is sent to this address: who reloads after a refusal wants that page."""
    path = request.path.rstrip("/")
    adapter = current_app.create_url_adapter(request)
    while adapter and (path := path.rpartition("/")[0]):
        if adapter.test(path, "GET"):
            return path
    return ""


def on_unexpected(error: Exception) -> Response:
    g.failure = error
    return page(500, text("http.500"))


def page(status: int, reason: str, request_id: str = "", standing: str = "") -> Response:
    """An error page. htmx is told to put it in place of the page's content."""
    title = standing or TITLES.get(status, "Hệ thống gặp lỗi" if status >= 500 else "Chưa làm được")
    again = request.full_path.rstrip("?") if status == 429 and request.method == "GET" else ""
    request_id = request_id or g.get("request_id", "")
    body = render_template(
        "error.html", title=title, reason=reason, status=status, request_id=request_id, again=again, standing=standing
    )
    answer = make_response(body, status)
    if is_htmx():
        answer.headers.update({"HX-Retarget": "#main", "HX-Reselect": "#main", "HX-Reswap": "outerHTML"})
    return answer


def ask_to_sign_in() -> Response:
    """A page asked for is found again after signing in; a form that was sent is kept on a page that can resend it."""
    if is_htmx():
        return moved(url_for("sign_in.start"))
    if request.method == "GET":
        remember_return()
        return redirect(url_for("sign_in.start"))
    return _keeping_form(401, "Phiên đăng nhập đã hết hạn", "sign_in.start", "Đăng nhập lại")


def ask_to_choose() -> Response:
    """The same for who is signed in, but can no longer act as before."""
    if is_htmx() or request.method == "GET":
        flash(text("portal.grant_gone"))
        remember_return()
        return moved(url_for("sign_in.choose"))
    return _keeping_form(403, "Vai trò đang dùng đã bị thu hồi hoặc hết hạn", "sign_in.choose", "Chọn vai trò khác")


def ask_to_send_again() -> Response:
    """The form is of a session before this one."""
    return _keeping_form(400, "Trang này được mở từ phiên đăng nhập trước")


def _keeping_form(status: int, title: str, first: str = "", what: str = "") -> Response:
    """What was sent, to be sent again once something has been done: `first`, a page's endpoint, and `what` there."""
    kept = [(name, value) for name, value in request.form.items(multi=True) if name != csrf.FIELD]
    has_files = bool(request.files)
    body = render_template("resume.html", title=title, first=first, what=what, kept=kept, has_files=has_files)
    return make_response(body, status)


def is_htmx() -> bool:
    return request.headers.get("HX-Request") == "true"


def moved(url: str) -> Response:
    """A redirect that htmx follows as a whole page."""
    if not is_htmx():
        return redirect(url)
    answer = make_response("", 200)
    answer.headers["HX-Redirect"] = url
    return answer
