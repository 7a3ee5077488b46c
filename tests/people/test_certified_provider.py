"""Code flow, pairwise subjects and exchanged keys with a certified provider that nobody here has written."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from common import tokens

from tests.people.conftest import AUDIENCE, RESOURCE, CertifiedProvider, type_in, until


def claims_of(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def fetch_tokens(provider: CertifiedProvider, account: str, client: str = "same-sector") -> dict[str, Any]:
    """The code flow with PKCE of a client whose address the portal knows nothing of: the code is in it."""
    [back] = next(one["redirect_uris"] for one in provider.clients if one["client_id"] == client)
    verifier = secrets.token_urlsafe(48)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": client,
        "response_type": "code",
        "redirect_uri": back,
        "scope": "openid",
        "resource": RESOURCE,
    }
    asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
    session = requests.Session()
    session.trust_env = False
    page = type_in(session, session.get(f"{provider.url}/auth?{urlencode(asked)}", timeout=20), account)
    code = parse_qs(urlsplit(page.url).query)["code"][0]
    redeemed = {"grant_type": "authorization_code", "client_id": client, "redirect_uri": back, "code": code}
    answer = session.post(
        f"{provider.url}/token", data=redeemed | {"code_verifier": verifier, "resource": RESOURCE}, timeout=20
    )
    assert answer.ok, answer.text
    return dict(answer.json())


def status(platform: Any, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(f"{platform.urls['registration']}/v1/me", headers=headers, timeout=20).status_code


def test_somebody_signs_in_at_the_portal_with_it(
    certified: CertifiedProvider, province: Any, browser: Callable[[], Any], person: Callable[..., Any]
) -> None:
    """Discovery, PKCE, consent, a JWT for the APIs: and the first page of their work."""
    visitor = browser()
    assert "Tài khoản tỉnh Khánh Hòa" in visitor.get("/sign-in").text
    page = visitor.sign_in_certified("lan")
    assert "Tài khoản chưa có vai trò" in page.text
    assert "Tài khoản lan" in page.text
    subject = claims_of(fetch_tokens(certified, "lan")["access_token"])["sub"]
    province.give("Cán bộ Lan", "officer", subject, issuer=certified.url)
    home = until(lambda: "Cán bộ đơn vị" in (page := browser_home(visitor)) and page)
    left = visitor.session.post(
        f"{visitor.portal}/sign-out", data={"_csrf": csrf_of(home)}, allow_redirects=False, timeout=20
    )
    assert left.headers["Location"].startswith(f"{certified.url}/session/end")


def browser_home(visitor: Any) -> str:
    visitor.sign_in_certified("lan")
    return str(visitor.get("/home").text)


def csrf_of(html: str) -> str:
    return html.split('name="_csrf" value="')[1].split('"')[0]


def test_its_tokens_work_at_every_api_and_others_of_its_do_not(
    certified: CertifiedProvider, province: Any, platform: Any, person: Callable[..., Any]
) -> None:
    given = fetch_tokens(certified, "minh")
    claims = claims_of(given["access_token"])
    assert (claims["iss"], claims["aud"]) == (certified.url, AUDIENCE)
    province.give("Cán bộ Minh", "officer", claims["sub"], issuer=certified.url)
    minh = person("minh", given["access_token"])
    for service, path in (
        ("registration", "/v1/initiatives"),
        ("review", "/v1/decisions"),
        ("reporting", "/v1/dashboard"),
        ("notifications", "/v1/messages"),
    ):
        assert minh.get(service, path) is not None
    assert status(platform, given["access_token"]) == 200
    assert status(platform, given["id_token"]) == 401  # Says who signed in, to the client; opens no API.


def test_the_same_person_is_another_subject_in_another_sector(certified: CertifiedProvider, province: Any) -> None:
    """What grants are keyed on is issuer and subject, so the clients of the platform have to share a sector."""
    here, again = (fetch_tokens(certified, "hoa", client) for client in ("same-sector", "same-sector"))
    elsewhere = fetch_tokens(certified, "hoa", "other-sector")
    subjects = [claims_of(one["access_token"])["sub"] for one in (here, again, elsewhere)]
    assert subjects[0] == subjects[1] == claims_of(here["id_token"])["sub"] != subjects[2]
    assert "hoa" not in subjects
    somebody_else = claims_of(fetch_tokens(certified, "huệ")["access_token"])["sub"]
    assert somebody_else not in subjects


def test_a_person_has_a_login_at_either_provider(
    certified: CertifiedProvider, province: Any, person: Callable[..., Any]
) -> None:
    there = fetch_tokens(certified, "two")["access_token"]
    province.give("Người hai tài khoản", "officer", claims_of(there)["sub"], issuer=certified.url)
    province.give("Người hai tài khoản", "officer", "officer-nd")
    one, other = person("two", there), person("officer-nd")
    owners = [one.get("registration", "/v1/me"), other.get("registration", "/v1/me")]
    assert {grant["person_id"] for me in owners for grant in me["grants"]} == {province.record("Người hai tài khoản")}


def test_it_speaks_for_its_own_province_only(certified: CertifiedProvider, make_province: Callable[..., Any]) -> None:
    from client import Refused

    other = make_province("lai-chau", "LC", "admin-lc")
    subject = claims_of(fetch_tokens(certified, "minh")["access_token"])["sub"]
    with pytest.raises(Refused, match=r"grant\.issuer_not_trusted"):
        other.give("Ai đó", "officer", subject, issuer=certified.url)


def test_a_new_key_is_picked_up_and_an_old_one_stops_working_without_a_restart(
    certified: CertifiedProvider, platform: Any
) -> None:
    old = fetch_tokens(certified, "xoay")["access_token"]
    assert status(platform, old) == 200
    certified.exchange_key()
    new, started = fetch_tokens(certified, "xoay")["access_token"], time.monotonic()
    until(lambda: status(platform, new) == 200, within=tokens.KEYS_RETRY_SECONDS + 5)
    print(f"\na new key works after {time.monotonic() - started:.1f} s")  # noqa: T201
    assert status(platform, old) == 401  # The set that has the new key has not got the old one any more.


def test_the_local_provider_goes_on_while_it_is_away(
    certified: CertifiedProvider, province: Any, person: Callable[..., Any], browser: Callable[[], Any]
) -> None:
    certified.stop()
    try:
        assert province.admin.get("registration", "/v1/grants")["items"]
        assert "Chọn nơi đã cấp tài khoản" in browser().get("/sign-in").text
        assert browser().get("/sign-in/main").ok
    finally:
        certified.start()
