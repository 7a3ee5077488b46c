"""Who may see what, what is refused, and what every answer forbids a browser to do."""

import json
import logging
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask, session
from portal.clients import ApiError
from portal.providers import Providers
from portal.session import COOKIE_BYTES, _serialised, begin, remember_return, return_path

ID = "01a20188-454d-7778-99dc-10e6ff51c8ed"
PORTAL = "http://portal.test"
PUBLIC = {
    "static", "live", "ready", "metrics", "catalogue.start", "catalogue.show_list", "catalogue.show", "home.show_help",
    "sign_in.start", "sign_in.start_at", "sign_in.finish", "sign_in.leave",
}  # fmt: skip


def address(rule: Any) -> str:
    chosen = re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", rule.rule)
    return re.sub(r"<[^>]+>", ID, chosen)


def test_every_page_but_the_public_ones_asks_for_sign_in(app: Flask, browser: Any) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC:
            continue
        if "GET" in (rule.methods or ()):
            answer = browser.get(address(rule))
            assert (answer.status_code, answer.location) == (302, "/sign-in"), rule
        else:
            assert browser.post(address(rule)).status_code == 401, rule


def test_the_public_pages_call_no_service_with_a_token(browser: Any, services: Any) -> None:
    for path in ("/", "/catalogue", f"/catalogue/{ID}", "/help"):
        assert browser.get(path).status_code == 200
    assert all("Authorization" not in asked.headers for asked in services.asked)


def test_no_form_is_taken_without_its_token(app: Flask, signed_in: Callable[[str], Any], services: Any) -> None:
    officer = signed_in("officer")
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()):
            for data in ({}, {"_csrf": "another"}, {"_csrf": "khác"}):
                answer = officer.client.post(address(rule), base_url=PORTAL, data=data)
                assert answer.status_code == 400, rule
                assert "Yêu cầu chưa hợp lệ" in answer.text
    assert [asked for asked in services.asked if asked.method != "GET"] == []


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_from_another_site_is_refused_even_with_a_token(
    signed_in: Callable[[str], Any], headers: dict[str, str]
) -> None:
    assert signed_in("author").post("/initiatives/new", {"title": "x"}, headers=headers).status_code == 400


def test_a_form_from_elsewhere_is_never_kept_for_resending(browser: Any) -> None:
    """An expired session keeps a form that was sent, so it may only be one of our own."""
    answer = browser.client.post("/initiatives/new", base_url=PORTAL, data={"title": "chen vao"})
    assert answer.status_code == 400
    assert "chen vao" not in answer.text


@pytest.mark.parametrize("guess", ["none", "None", ""])
def test_a_session_that_was_given_no_token_sends_no_form(browser: Any, guess: str) -> None:
    data = {"title": "chen vao", "_csrf": guess}
    assert browser.client.post("/initiatives/new", base_url=PORTAL, data=data).status_code == 400


def test_roles_see_only_their_pages(signed_in: Callable[[str], Any]) -> None:
    author = signed_in("author")
    for path in ("/dashboard", "/sessions", "/admin/units", "/activities", "/tenants/new"):
        answer = author.get(path)
        assert answer.status_code == 403
        assert "Vai trò đang dùng" in answer.text


def test_every_answer_carries_its_guards(browser: Any) -> None:
    for path in ("/", "/khong-co", "/sign-in", "/healthz/live"):
        headers = browser.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_pages_of_a_person_are_not_kept_by_anybody(signed_in: Callable[[str], Any]) -> None:
    assert signed_in("author").get("/home").headers["Cache-Control"] == "private, no-store"


def test_the_cookie_is_closed_to_scripts_and_to_other_sites(browser: Any) -> None:
    cookie = browser.sign_in("author-dk").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_behind_https_the_cookie_is_for_this_host_only(make_app: Callable[..., Flask]) -> None:
    client = make_app(public_url="https://portal.test").test_client()
    answer = client.get("/sign-in", base_url="https://portal.test")
    assert answer.headers["Set-Cookie"].startswith("__Host-sangtao=")
    assert "Secure" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"]


def test_signing_in_uses_a_code_with_pkce_state_and_nonce(browser: Any, issuer_url: str) -> None:
    way = urlsplit(browser.get("/sign-in").location)
    asked = parse_qs(way.query)
    assert f"{way.scheme}://{way.netloc}" == issuer_url
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == [f"{PORTAL}/callback"]
    assert {"state", "nonce", "code_challenge"} <= set(asked)


def test_after_signing_in_one_is_where_one_wanted_to_go(browser: Any) -> None:
    assert browser.sign_in("officer-mt", "/initiatives?status=submitted").location == (
        f"{PORTAL}/initiatives?status=submitted"
    )


@pytest.mark.parametrize("way", ["/home?next=https://elsewhere.example", "/callback?next=//elsewhere.example"])
def test_no_link_can_send_anybody_elsewhere(browser: Any, way: str) -> None:
    target = browser.sign_in("officer-mt", way).location
    assert target.startswith(f"{PORTAL}/")
    assert urlsplit(target).netloc == "portal.test"


def test_even_a_strange_path_stays_on_the_site(app: Flask) -> None:
    for path in ("//elsewhere.example/x", "/\\elsewhere.example", "https://elsewhere.example", "@elsewhere.example"):
        assert urlsplit(app.extensions["settings"].public(path)).netloc == "portal.test"


def test_an_answer_to_nobodys_question_signs_nobody_in(browser: Any) -> None:
    for query in ("", "?code=x&state=y", "?error=access_denied"):
        answer = browser.get(f"/callback{query}")
        assert answer.status_code == 400
        assert "Chưa đăng nhập được" in answer.text
    assert browser.get("/home").location == "/sign-in"


def test_with_several_providers_one_is_chosen(
    two_providers: Flask, browse: Callable[[Flask], Any], issuer_url: str
) -> None:
    browser = browse(two_providers)
    page = browser.get("/sign-in").text
    assert "Tài khoản của nền tảng" in page
    assert "Tài khoản tỉnh Lai Châu" in page
    assert browser.get("/sign-in/nowhere").status_code == 404
    address = browser.get("/sign-in/lai-chau").location
    assert address.startswith(f"{issuer_url}/authorize")
    asked = parse_qs(urlsplit(address).query)
    assert asked["redirect_uri"] == [f"{PORTAL}/callback/lai-chau"]
    assert (asked["resource"], asked["code_challenge_method"]) == (["urn:sangtao"], ["S256"])


def test_the_answer_of_one_provider_is_not_taken_for_anothers(
    two_providers: Flask, browse: Callable[[Flask], Any]
) -> None:
    """A provider that is up to no good sends the browser back as if another had answered."""
    browser = browse(two_providers)
    address = browser.get("/sign-in/main").location
    back = requests.post(address, data={"persona": "author-dk"}, allow_redirects=False, timeout=10).headers["Location"]
    query = urlsplit(back).query
    assert browser.get(f"/callback/lai-chau?{query}").status_code == 400
    assert browser.get(f"/callback?{query}").status_code == 302


def test_a_form_token_is_not_kept_for_a_namesake_at_another_provider(
    two_providers: Flask, browse: Callable[[Flask], Any]
) -> None:
    browser = browse(two_providers)
    tokens = []
    for key in ("main", "lai-chau", "lai-chau"):
        address = browser.get(f"/sign-in/{key}").location
        answer = requests.post(address, data={"persona": "author-dk"}, allow_redirects=False, timeout=10)
        parts = urlsplit(answer.headers["Location"])
        assert browser.get(f"{parts.path}?{parts.query}").status_code == 302
        browser.get("/home")
        with browser.client.session_transaction(base_url=PORTAL) as session:
            tokens.append(session["csrf"])
    assert tokens[0] != tokens[1] == tokens[2]


ONE_PROVIDER = '{"issuer": "https://a.vn", "client_id": "x", "key": "a", "name": "A"}'


@pytest.mark.parametrize(
    "raw",
    [
        "{}",
        "[{}]",
        '[{"issuer": "https://a.vn", "client_id": "x", "key": "a b", "name": "A"}]',
        '[{"issuer": "https://a.vn", "client_id": "x", "key": "a", "name": "A", "colour": "red"}]',
        f"[{ONE_PROVIDER}, {ONE_PROVIDER}]",
    ],
)
def test_providers_that_cannot_be_meant_are_refused_at_the_start(raw: str) -> None:
    with pytest.raises(ValueError):
        Providers(raw)


def test_a_code_is_good_for_the_browser_that_asked_for_it(app: Flask, browser: Any) -> None:
    address = browser.get("/sign-in").location
    back = requests.post(address, data={"persona": "author-dk"}, allow_redirects=False, timeout=10).headers["Location"]
    parts = urlsplit(back)
    stranger = app.test_client()
    assert stranger.get(f"{parts.path}?{parts.query}", base_url=PORTAL).status_code == 400


def test_an_issuer_that_calls_itself_otherwise_is_not_trusted(make_app: Callable[..., Flask], issuer_url: str) -> None:
    discovery = f"{issuer_url}/.well-known/openid-configuration"
    client = make_app(oidc_issuer="http://other.test", oidc_discovery_url=discovery).test_client()
    assert client.get("/sign-in", base_url=PORTAL).status_code == 503


def test_an_issuer_with_two_addresses_shows_browsers_theirs(make_app: Callable[..., Flask]) -> None:
    settings = make_app(
        oidc_issuer="http://localhost:8085", oidc_discovery_url="http://identity:8085/.well-known/openid-configuration"
    ).extensions["settings"]
    [provider] = settings.providers
    assert provider.for_browsers("http://identity:8085/authorize") == "http://localhost:8085/authorize"
    assert provider.for_browsers("https://login.test/authorize") == "https://login.test/authorize"


def test_signing_out_ends_both_sessions(signed_in: Callable[[str], Any], issuer_url: str) -> None:
    author = signed_in("author")
    answer = author.post("/sign-out")
    assert answer.location.startswith(f"{issuer_url}/logout")
    assert author.get("/home").location == "/sign-in"


def test_a_token_that_has_ended_asks_to_sign_in_again(signed_in: Callable[[str], Any]) -> None:
    author = signed_in("author")
    with author.client.session_transaction(base_url=PORTAL) as session:
        session["expires"] = time.time() - 1
    assert author.get("/home").location == "/sign-in"


def test_a_form_sent_too_late_can_be_sent_again_after_signing_in(
    signed_in: Callable[[str], Any], services: Any
) -> None:
    author = signed_in("author")
    author.get("/initiatives/new")
    with author.client.session_transaction(base_url=PORTAL) as session:
        session["expires"] = time.time() - 1
    late = author.post("/initiatives/new", {"title": "Một giờ gõ phím"})
    assert late.status_code == 401
    assert 'value="Một giờ gõ phím"' in late.text
    kept = re.search(r'name="_csrf" value="([^"]+)"', late.text)
    assert kept
    author.sign_in("author-dk")
    again = author.client.post("/initiatives/new", base_url=PORTAL, data={"_csrf": kept[1], "title": "Một giờ gõ phím"})
    assert again.status_code == 422, "taken, and only incomplete"


def test_a_form_whose_cookies_have_gone_is_kept(signed_in: Callable[[str], Any]) -> None:
    author = signed_in("author")
    ours, sent = {"Sec-Fetch-Site": "same-origin"}, {"title": "Một giờ gõ phím", "_csrf": "cua-phien-truoc"}
    author.client.delete_cookie("sangtao", domain="portal.test")
    late = author.client.post("/initiatives/new", base_url=PORTAL, data=sent, headers=ours)
    assert late.status_code == 401
    assert 'value="Một giờ gõ phím"' in late.text
    author.sign_in("author-dk")
    known = author.client.post("/initiatives/new", base_url=PORTAL, data=sent, headers=ours)
    assert known.status_code == 400
    assert 'value="Một giờ gõ phím"' in known.text
    assert "/sign-in" not in known.text
    token = re.search(r'name="_csrf" value="([^"]+)"', known.text)
    assert token
    again = author.client.post("/initiatives/new", base_url=PORTAL, data={**sent, "_csrf": token[1]}, headers=ours)
    assert again.status_code == 422, "taken, and only incomplete"


def test_another_person_at_the_same_browser_gets_another_form_token(browser: Any) -> None:
    tokens = []
    for persona in ("author-dk", "officer-mt"):
        browser.sign_in(persona)
        browser.get("/initiatives/new")
        with browser.client.session_transaction(base_url=PORTAL) as session:
            tokens.append(session["csrf"])
    assert tokens[0] != tokens[1]


def test_a_service_that_refuses_the_token_asks_to_sign_in(signed_in: Callable[[str], Any], services: Any) -> None:
    author = signed_in("author")
    services.problem("registration GET /initiatives", 401, "auth.token_refused", "Xin đăng nhập lại.")
    assert author.get("/initiatives").location == "/sign-in"


def test_a_revoked_grant_leads_to_the_choice(signed_in: Callable[[str], Any], services: Any) -> None:
    officer = signed_in("officer")
    services.problem("registration GET /initiatives", 403, "auth.no_such_grant", "Vai trò đã hết hiệu lực.")
    assert officer.get("/initiatives").location == "/acting-as"


def test_a_form_sent_under_a_revoked_grant_is_kept(signed_in: Callable[[str], Any], services: Any) -> None:
    officer = signed_in("officer")
    services.problem("registration POST /initiatives/*/return", 403, "auth.no_such_grant", "Vai trò đã hết.")
    answer = officer.post(f"/initiatives/{ID}/return", {"_part": "return", "reason": "Thiếu minh chứng"})
    assert answer.status_code == 403
    assert 'value="Thiếu minh chứng"' in answer.text
    assert 'href="/acting-as"' in answer.text


def test_logs_hold_no_code_no_cookie_and_no_search(
    browser: Any, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO):
        browser.sign_in("author-dk")
        browser.get("/catalogue?q=nguyenvana")
    said = caplog.text + capsys.readouterr().out
    cookie = browser.client.get_cookie("sangtao", domain="portal.test")
    assert "code=" not in said
    assert "nguyenvana" not in said
    assert cookie
    assert cookie.value not in said


def test_health_and_metrics_are_there(browser: Any) -> None:
    assert browser.get("/healthz/live").text == "ok\n"
    assert browser.get("/healthz/ready").status_code == 200
    browser.get("/help")
    metrics = browser.get("/metrics").text
    assert 'http_requests_total{method="GET",route="/help",service="portal",status="200"}' in metrics
    assert "http_request_duration_seconds_bucket" in metrics


def test_a_token_that_fits_no_cookie_is_said_so(make_app: Callable[..., Flask], browser: Any) -> None:
    app = make_app()
    with app.test_request_context(base_url=PORTAL), pytest.raises(ApiError, match=r"portal\.too_large"):
        begin("x." + json.dumps([str(number) for number in range(3000)]), time.time() + 60, "sub", "Tên")


def test_a_page_to_come_back_to_is_forgotten_before_the_session_is(make_app: Callable[..., Flask]) -> None:
    def remembered(name: str) -> str:
        with make_app().test_request_context(f"/initiatives?q={'q%20'.join(map(str, range(90)))}", base_url=PORTAL):
            session["name"] = name
            assert len(_serialised()) < COOKIE_BYTES
            remember_return()
            return return_path()

    assert remembered("Tên").startswith("/initiatives?q=0")
    almost_full = "".join(f"{number * 7919:05}" for number in range(800))
    assert remembered(almost_full) == "/home"


def test_a_grant_that_fits_no_cookie_is_said_so(browser: Any, services: Any, answers: dict[str, Any]) -> None:
    grant = answers["me"]["officer"]["grants"][0]
    long = grant | {"unit": grant["unit"] | {"name": "".join(str(number) for number in range(2000))}}
    services.answer("registration GET /me", 200, {"subject": "officer-mt", "grants": [long]})
    answer = browser.sign_in("officer-mt")
    assert answer.status_code == 503
    assert "lớn hơn mức trình duyệt lưu được" in answer.text
    assert browser.get("/initiatives").location == "/sign-in", "nothing of the session is left"
