"""Tokens are trusted only from one issuer, and no stranger can hold up those who have a good one."""

import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from common import tokens
from common.errors import Unauthenticated, Unavailable
from common.settings import ApiSettings, SettingsError, read
from common.tokens import Identity, TokenVerifier, TrustedIssuer, Verifier
from joserfc import jwk, jwt

CLAIMS = {"sub": "somebody", "aud": "sangtao"}


class KeyServer:
    """Serves a key set; counts how often, and can be slow, away or wrong."""

    def __init__(self) -> None:
        self.keys = [jwk.RSAKey.generate_key(2048, auto_kid=True)]
        self.asked, self.answer = 0, ""
        self.gate = threading.Event()
        self.gate.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.gate.set()
        self._server.shutdown()
        self._server.server_close()

    def token(self, key: jwk.RSAKey | None = None, **claims: Any) -> str:
        signing = key or self.keys[0]
        body = {"iss": self.url, "exp": int(time.time()) + 60, **CLAIMS, **claims}
        given = {name: value for name, value in body.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": signing.kid}, given, signing)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked += 1
                outer.gate.wait(10)
                body = outer.answer or jwk.KeySet(outer.keys).as_dict(private=False)
                content = body if isinstance(body, str) else json.dumps(body)
                self.send_response(200)
                self.end_headers()
                self.wfile.write(content.encode())

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler


@pytest.fixture
def issuer_keys() -> Iterator[KeyServer]:
    server = KeyServer()
    yield server
    server.close()


@pytest.fixture
def verifier(issuer_keys: KeyServer) -> TokenVerifier:
    return TokenVerifier(issuer_keys.url, "sangtao", f"{issuer_keys.url}/jwks")


@pytest.fixture
def clockwork(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """`clockwork(11)`: that many seconds have passed, as far as the verifier can tell."""
    start, passed = time.monotonic(), [0.0]

    def advance(seconds: float) -> None:
        passed[0] += seconds

    monkeypatch.setattr("common.tokens.time.monotonic", lambda: start + passed[0])
    return advance


def test_a_live_token_tells_who_it_is(verifier: TokenVerifier, issuer_keys: KeyServer, issuer: Any) -> None:
    assert verifier.verify(issuer_keys.token()) == Identity(issuer_keys.url, "somebody")
    assert verifier.verify(issuer_keys.token(aud=["other", "sangtao"])).subject == "somebody"
    assert verifier.verify(issuer_keys.token(exp=int(time.time()) - 5)).subject == "somebody"  # Clocks differ.
    discovering = TokenVerifier(issuer.url, "sangtao")
    assert discovering.verify(issuer.token("somebody")).issuer == issuer.url


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.vn"},
        {"iss": None},
        {"aud": "other"},
        {"aud": None},
        {"aud": {"sangtao": 1}},
        {"exp": 1_600_000_000},
        {"exp": None},
        {"exp": "tomorrow"},
        {"nbf": 9_999_999_999},
        {"sub": None},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_with_wrong_claims_is_refused(
    claims: dict[str, Any], verifier: TokenVerifier, issuer_keys: KeyServer
) -> None:
    with pytest.raises(Unauthenticated, match=r"auth\.token_refused"):
        verifier.verify(issuer_keys.token(**claims))


def test_a_token_that_is_not_signed_by_the_issuers_key_is_refused(
    verifier: TokenVerifier, issuer_keys: KeyServer
) -> None:
    good = issuer_keys.token()
    stolen_name = jwk.RSAKey.generate_key(2048, parameters={"kid": issuer_keys.keys[0].kid})
    header, payload, _ = good.split(".")
    unsigned = ("eyJhbGciOiJub25lIn0", payload, "")
    secret = jwk.OctKey.import_key(header * 4)  # What everybody knows; in the classic attack it is the public key.
    symmetric = jwt.encode({"alg": "HS256", "kid": issuer_keys.keys[0].kid}, CLAIMS, secret)
    garbage = ["", ".", "..", "a.b.c", "é.é.é", header, f"{header}.{payload}", f"{header}.{payload}.x", "[.[.["]
    for token in [issuer_keys.token(stolen_name), ".".join(unsigned), symmetric, *garbage]:
        with pytest.raises(Unauthenticated, match=r"auth\.token_refused"):
            verifier.verify(token)
    assert verifier.verify(good).subject == "somebody"


def test_a_new_key_is_fetched_when_a_token_names_it_and_at_most_every_ten_seconds(
    verifier: TokenVerifier, issuer_keys: KeyServer, clockwork: Callable[[float], None]
) -> None:
    verifier.verify(issuer_keys.token())
    assert issuer_keys.asked == 1
    issuer_keys.keys.insert(0, jwk.RSAKey.generate_key(2048, auto_kid=True))
    strangers = [jwk.RSAKey.generate_key(2048, auto_kid=True) for _ in range(3)]
    with pytest.raises(Unauthenticated):
        verifier.verify(issuer_keys.token())  # Too soon after the last look.
    clockwork(11)
    assert verifier.verify(issuer_keys.token()).subject == "somebody"
    assert verifier.verify(issuer_keys.token(issuer_keys.keys[1])).subject == "somebody"
    assert issuer_keys.asked == 2
    clockwork(11)
    for stranger in strangers:
        with pytest.raises(Unauthenticated):
            verifier.verify(issuer_keys.token(stranger))
    assert issuer_keys.asked == 3


def test_tokens_of_known_keys_and_garbage_never_make_it_ask(
    verifier: TokenVerifier, issuer_keys: KeyServer, clockwork: Callable[[float], None]
) -> None:
    good = issuer_keys.token()
    verifier.verify(good)
    clockwork(60)
    for token in (good[:-8] + "AAAAAAAA", "a.b.c", ""):
        with pytest.raises(Unauthenticated):
            verifier.verify(token)
    assert issuer_keys.asked == 1


def test_a_withdrawn_key_is_forgotten(
    verifier: TokenVerifier, issuer_keys: KeyServer, clockwork: Callable[[float], None]
) -> None:
    old = issuer_keys.token()
    verifier.verify(old)
    issuer_keys.keys[:] = [jwk.RSAKey.generate_key(2048, auto_kid=True)]
    clockwork(tokens.KEYS_LIVE_SECONDS + 1)
    with pytest.raises(Unauthenticated):
        verifier.verify(old)


def test_a_strangers_token_holds_up_nobody_while_the_issuer_is_slow(
    verifier: TokenVerifier, issuer_keys: KeyServer, clockwork: Callable[[float], None], eventually: Callable[..., Any]
) -> None:
    good = issuer_keys.token()
    verifier.verify(good)
    clockwork(11)
    issuer_keys.gate.clear()
    stranger = issuer_keys.token(jwk.RSAKey.generate_key(2048, auto_kid=True))
    refused: list[str] = []

    def try_in() -> None:
        try:
            verifier.verify(stranger)
        except Unauthenticated as error:
            refused.append(error.code)

    strangers = [threading.Thread(target=try_in) for _ in range(8)]
    for thread in strangers:
        thread.start()
    eventually(lambda: len(refused) == 7, "all but the one who asks are refused at once")
    assert verifier.verify(good).subject == "somebody"
    eventually(lambda: issuer_keys.asked == 2, "one asks, and waits")
    issuer_keys.gate.set()
    for thread in strangers:
        thread.join(10)
    assert len(refused) == 8


def test_at_the_start_one_asks_and_the_others_wait_for_the_answer(
    verifier: TokenVerifier, issuer_keys: KeyServer, eventually: Callable[..., Any]
) -> None:
    good, known = issuer_keys.token(), []
    issuer_keys.gate.clear()
    threads = [threading.Thread(target=lambda: known.append(verifier.verify(good).subject)) for _ in range(8)]
    for thread in threads:
        thread.start()
    eventually(lambda: issuer_keys.asked == 1, "one asks")
    issuer_keys.gate.set()
    for thread in threads:
        thread.join(10)
    assert known == ["somebody"] * 8
    assert issuer_keys.asked == 1


@pytest.mark.parametrize("answer", ["no JSON", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "RSA"}]}', '{"keys": 5}'])
def test_an_issuer_that_answers_nonsense_is_unavailable_and_asked_again_later(
    answer: str, verifier: TokenVerifier, issuer_keys: KeyServer, clockwork: Callable[[float], None]
) -> None:
    issuer_keys.answer = answer
    for _ in range(3):
        with pytest.raises(Unavailable, match=r"auth\.issuer_unreachable"):
            verifier.verify(issuer_keys.token())
    assert issuer_keys.asked == 1
    issuer_keys.answer = ""
    clockwork(11)
    assert verifier.verify(issuer_keys.token()).subject == "somebody"


def test_known_keys_stay_trusted_while_the_issuer_is_away(
    verifier: TokenVerifier, issuer_keys: KeyServer, clockwork: Callable[[float], None]
) -> None:
    good = issuer_keys.token()
    verifier.verify(good)
    issuer_keys.answer = "away"
    clockwork(tokens.KEYS_LIVE_SECONDS + 1)
    assert verifier.verify(good).subject == "somebody"


# Several issuers


@pytest.fixture
def second_keys() -> Iterator[KeyServer]:
    server = KeyServer()
    yield server
    server.close()


@pytest.fixture
def both(issuer_keys: KeyServer, second_keys: KeyServer) -> Verifier:
    """The first speaks for everybody, the second for Lai Châu and under an audience of its own."""
    first = TrustedIssuer(issuer_keys.url, jwks_url=f"{issuer_keys.url}/jwks")
    second = TrustedIssuer(second_keys.url, "lai-chau-api", f"{second_keys.url}/jwks", ("lai-chau",))
    return Verifier([first, second])


def _signed_with_the_public_key(server: KeyServer, payload: str) -> str:
    """The classic confusion of algorithms: HMAC with what everybody knows. joserfc refuses to make one."""
    header = json.dumps({"alg": "HS256", "kid": server.keys[0].kid}).encode()
    signed = urlsafe_b64encode(header).rstrip(b"=") + b"." + payload.encode()
    mac = hmac.digest(server.keys[0].as_pem(private=False), signed, "sha256")
    return (signed + b"." + urlsafe_b64encode(mac).rstrip(b"=")).decode()


def test_each_issuer_is_trusted_for_its_own_tokens_only(
    both: Verifier, issuer_keys: KeyServer, second_keys: KeyServer
) -> None:
    assert both.verify(issuer_keys.token()) == Identity(issuer_keys.url, "somebody")
    theirs = second_keys.token(aud="lai-chau-api")
    assert both.verify(theirs) == Identity(second_keys.url, "somebody", ("lai-chau",))
    stolen_name = jwk.RSAKey.generate_key(2048, parameters={"kid": issuer_keys.keys[0].kid})
    refused = [
        second_keys.token(),  # The first issuer's audience.
        issuer_keys.token(aud="lai-chau-api"),
        second_keys.token(iss=issuer_keys.url),  # Signed by one, said to be the other's.
        issuer_keys.token(iss=second_keys.url, aud="lai-chau-api"),
        issuer_keys.token(stolen_name),
        issuer_keys.token(iss="https://elsewhere.vn"),
        issuer_keys.token(iss=None),
        issuer_keys.token(iss=["https://elsewhere.vn", issuer_keys.url]),
    ]
    header, payload, _ = theirs.split(".")
    refused += [_signed_with_the_public_key(second_keys, payload), ".".join(("eyJhbGciOiJub25lIn0", payload, ""))]
    refused += ["", ".", "a.b.c", "é.é.é", f"{header}.{payload}", f"{header}.W10.x", "\ud800"]
    for token in refused:
        with pytest.raises(Unauthenticated, match=r"auth\.token_refused"):
            both.verify(token)


def test_an_issuer_that_is_away_does_no_harm_to_the_others(
    both: Verifier, issuer_keys: KeyServer, second_keys: KeyServer
) -> None:
    theirs = second_keys.token(aud="lai-chau-api")
    second_keys.close()
    with pytest.raises(Unavailable, match=r"auth\.issuer_unreachable"):
        both.verify(theirs)
    started = time.perf_counter()
    assert both.verify(issuer_keys.token()).subject == "somebody"
    assert time.perf_counter() - started < 1


def test_a_key_of_one_issuer_that_is_exchanged_leaves_the_other_alone(
    both: Verifier, issuer_keys: KeyServer, second_keys: KeyServer, clockwork: Callable[[float], None]
) -> None:
    old, first = second_keys.token(aud="lai-chau-api"), issuer_keys.token()
    both.verify(old)
    both.verify(first)
    second_keys.keys[:] = [jwk.RSAKey.generate_key(2048, auto_kid=True)]
    clockwork(tokens.KEYS_RETRY_SECONDS + 1)
    assert both.verify(second_keys.token(aud="lai-chau-api")).subject == "somebody"
    with pytest.raises(Unauthenticated):
        both.verify(old)  # The new set has not got its key any more.
    assert both.verify(first).subject == "somebody"
    assert issuer_keys.asked == 1


@pytest.mark.parametrize(
    "raw",
    [
        "issuer",
        "{}",
        "[{}]",
        '[{"issuer": ""}]',
        '[{"issuer": "https://a.vn", "audiences": []}]',
        '["https://a.vn"]',
        '[{"issuer": "https://a.vn"}, {"issuer": "https://a.vn"}]',
    ],
)
def test_a_list_of_issuers_that_cannot_be_meant_is_refused_at_the_start(raw: str) -> None:
    environ = {"DATABASE_URL": "postgresql:///x", "OIDC_ISSUER": "https://id.vn", "OIDC_ISSUERS": raw}
    with pytest.raises(SettingsError, match="OIDC_ISSUERS"):
        read(ApiSettings, environ)


def test_further_issuers_stand_beside_the_platforms_own() -> None:
    raw = '[{"issuer": "https://lc.vn", "audience": "lc", "tenants": ["lai-chau"]}, {"issuer": "https://x.vn"}]'
    environ = {"DATABASE_URL": "postgresql:///x", "OIDC_ISSUER": "https://id.vn", "OIDC_ISSUERS": raw}
    issuers = read(ApiSettings, environ).issuers
    assert [one.issuer for one in issuers] == ["https://id.vn", "https://lc.vn", "https://x.vn"]
    verifier = Verifier(issuers)
    assert verifier.may_speak("https://id.vn", "khanh-hoa")
    assert verifier.may_speak("https://lc.vn", "lai-chau")
    assert not verifier.may_speak("https://lc.vn", "khanh-hoa")
    assert not verifier.may_speak("https://elsewhere.vn", "khanh-hoa")
