"""Tokens are trusted only from one issuer, and no stranger can hold up those who have a good one."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import UUID, uuid4

import pytest
from common import auth, clock
from common.auth import Grants, Identity, TokenVerifier
from common.errors import Forbidden, Unauthenticated, Unavailable
from joserfc import jwk, jwt
from sample.app import metadata
from sqlalchemy import text

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

    monkeypatch.setattr("common.auth.time.monotonic", lambda: start + passed[0])
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
    clockwork(auth.KEYS_LIVE_SECONDS + 1)
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
    eventually(lambda: issuer_keys.asked == 2, "the one who asks has reached the issuer")
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
    clockwork(auth.KEYS_LIVE_SECONDS + 1)
    assert verifier.verify(good).subject == "somebody"


# Grants


@pytest.fixture
def grants(database: Any) -> Grants:
    return Grants(database.app_engine, metadata)


def test_a_grant_is_chosen_by_its_id_or_by_being_the_only_one(
    grants: Grants, grant: Callable[..., UUID], issuer: Any
) -> None:
    who = Identity(issuer.url, "officer")
    with pytest.raises(Forbidden, match=r"auth\.no_grant"):
        grants.resolve(who, "")
    first = grant("officer")
    assert grants.resolve(who, "").grant_id == first
    second = grant("officer", "chair", tenant="lai-chau")
    assert grants.resolve(who, str(second)).tenant == "lai-chau"
    grants.resolve(who, str(first))
    with pytest.raises(Forbidden, match=r"auth\.choose_grant"):
        grants.resolve(who, "")
    for other in (str(uuid4()), "not an id"):
        with pytest.raises(Forbidden, match=r"auth\.no_such_grant"):
            grants.resolve(who, other)


def test_neither_another_persons_grant_nor_another_issuers_is_found(
    grants: Grants, grant: Callable[..., UUID], issuer: Any
) -> None:
    mine = grant("officer")
    for who in (Identity(issuer.url, "other"), Identity("https://elsewhere.vn", "officer"), Identity(issuer.url, "")):
        with pytest.raises(Forbidden):
            grants.resolve(who, str(mine))


def test_a_grant_works_on_the_days_it_is_valid(grants: Grants, grant: Callable[..., UUID], issuer: Any) -> None:
    today, day = clock.today(), timedelta(days=1)
    grant("past", valid_to=today - day)
    grant("last", valid_to=today)
    grant("future", valid_from=today + day)
    assert grants.resolve(Identity(issuer.url, "last"), "").role == "officer"
    for subject in ("past", "future"):
        with pytest.raises(Forbidden):
            grants.resolve(Identity(issuer.url, subject), "")


def test_a_revoked_grant_stops_working_within_two_seconds_and_a_known_one_costs_no_query(
    database: Any, grant: Callable[..., UUID], issuer: Any
) -> None:
    now = [0.0]
    grants = Grants(database.app_engine, metadata, lambda: now[0])
    who = Identity(issuer.url, "officer")
    mine = grant("officer")
    grants.resolve(who, "")
    grant("officer", id=mine, version=2, revoked_at=clock.now())
    assert grants.resolve(who, "").grant_id == mine
    now[0] += auth.GRANTS_LIVE_SECONDS
    with pytest.raises(Forbidden):
        grants.resolve(who, "")


def test_an_older_version_of_a_grant_changes_nothing(
    database: Any, grants: Grants, grant: Callable[..., UUID], issuer: Any
) -> None:
    mine = grant("officer", version=3)
    grant("officer", "chair", id=mine, version=2)
    assert grants.resolve(Identity(issuer.url, "officer"), "").role == "officer"
    with database.admin_engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM access_grant")) == 1
