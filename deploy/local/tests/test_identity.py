"""The provider does OpenID Connect's code flow as a portal and a resource server need it, and refuses the rest."""

import json
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet
from local import repository, tokens
from local.identity.app import create_app
from local.identity.settings import IdentitySettings
from local.personas import personas
from local.tokens import challenge
from werkzeug.test import TestResponse

ISSUER = "http://127.0.0.1:8085"
CALLBACK = "http://127.0.0.1:8080/auth/callback"
VERIFIER = "a-verifier-of-at-least-forty-three-characters-x"


@pytest.fixture
def settings(tmp_path: Path) -> IdentitySettings:
    return IdentitySettings(identity_issuer=ISSUER, identity_redirect_uris=CALLBACK, state_dir=str(tmp_path), port=8085)


@pytest.fixture
def client(settings: IdentitySettings) -> FlaskClient:
    return create_app(settings).test_client()


def asking(**changes: str) -> dict[str, str]:
    asked = {
        "response_type": "code",
        "client_id": "portal",
        "redirect_uri": CALLBACK,
        "scope": "openid profile email",
        "state": "s",
        "nonce": "n",
        "code_challenge": challenge(VERIFIER),
        "code_challenge_method": "S256",
    }
    return {name: value for name, value in (asked | changes).items() if value}


def sent_back(response: TestResponse) -> dict[str, list[str]]:
    assert response.status_code == 302
    assert response.location.startswith(f"{CALLBACK}?")
    return parse_qs(urlsplit(response.location).query)


def code_for(client: FlaskClient, persona: str) -> str:
    answer = sent_back(client.post("/authorize", query_string=asking(), data={"persona": persona}))
    assert answer["state"] == ["s"]
    return answer["code"][0]


def redeem(client: FlaskClient, code: str, **changes: str) -> TestResponse:
    asked = {
        "grant_type": "authorization_code",
        "client_id": "portal",
        "redirect_uri": CALLBACK,
        "code": code,
        "code_verifier": VERIFIER,
    }
    return client.post("/token", data=asked | changes)


def keys(client: FlaskClient) -> KeySet:
    return KeySet.import_key_set(json.loads(client.get("/jwks").data))


def test_the_code_flow_gives_an_access_token_and_an_id_token(client: FlaskClient) -> None:
    given = redeem(client, code_for(client, "secretary-dk")).get_json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 8 * 3600)
    access = jwt.decode(given["access_token"], keys(client), algorithms=["RS256"])
    persona = personas()["secretary-dk"]
    assert access.header["typ"] == "at+jwt"
    assert access.claims["exp"] - access.claims["iat"] == 8 * 3600
    expected = {"iss": ISSUER, "sub": "secretary-dk", "aud": "sangtao", "name": persona.name, "email": persona.email}
    assert expected.items() <= access.claims.items()
    assert not {"roles", "tenant"} & access.claims.keys()
    identity = jwt.decode(given["id_token"], keys(client), algorithms=["RS256"])
    expected_identity = {"iss": ISSUER, "sub": "secretary-dk", "aud": ["portal"], "nonce": "n"}
    assert expected_identity.items() <= identity.claims.items()
    assert identity.header["kid"] in [key.kid for key in keys(client).keys]


def test_the_documents_name_the_endpoints_and_hide_the_private_key(client: FlaskClient) -> None:
    document = client.get("/.well-known/openid-configuration").get_json()
    assert document["issuer"] == ISSUER
    assert document["code_challenge_methods_supported"] == ["S256"]
    for name in ("authorization_endpoint", "userinfo_endpoint", "end_session_endpoint", "jwks_uri"):
        assert client.get(document[name].removeprefix(ISSUER)).status_code != 404
    (key,) = client.get("/jwks").get_json()["keys"]
    assert key.keys() == {"kty", "n", "e", "kid", "alg", "use"}


def test_who_asks_gets_addresses_they_reach_and_one_issuer(client: FlaskClient) -> None:
    path = "/.well-known/openid-configuration"
    inside = client.get(path, base_url="http://identity:8085").get_json()
    outside = client.get(path, base_url=ISSUER).get_json()
    assert inside["token_endpoint"] == "http://identity:8085/token"
    assert outside["token_endpoint"] == f"{ISSUER}/token"
    assert inside["issuer"] == outside["issuer"] == ISSUER


def test_the_page_shows_every_persona_and_says_that_it_is_for_trying_out(client: FlaskClient) -> None:
    page = client.get("/authorize", query_string=asking()).text
    assert "chỉ để dùng thử" in page
    assert all(f'value="{key}"' in page for key in personas())


def test_a_wrong_verifier_is_refused_and_burns_the_code(client: FlaskClient) -> None:
    code = code_for(client, "author-dk")
    refused = redeem(client, code, code_verifier=VERIFIER[::-1])
    assert (refused.status_code, refused.get_json()["error"]) == (400, "invalid_grant")
    assert redeem(client, code).status_code == 400


def test_a_code_is_good_once(client: FlaskClient) -> None:
    code = code_for(client, "author-dk")
    assert redeem(client, code).status_code == 200
    assert redeem(client, code).get_json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "http://127.0.0.1:8080/elsewhere"},
        {"redirect_uri": "https://example.org/auth/callback"},
        {"redirect_uri": ""},
        {"client_id": "stranger"},
        {"client_id": "command-line"},
    ],
)
def test_an_address_that_is_not_registered_gets_no_redirect(client: FlaskClient, changes: dict[str, str]) -> None:
    for response in (
        client.get("/authorize", query_string=asking(**changes)),
        client.post("/authorize", query_string=asking(**changes), data={"persona": "author-dk"}),
    ):
        assert 400 <= response.status_code < 500
        assert "Location" not in response.headers
        assert "Không đăng nhập được" in response.text


@pytest.mark.parametrize(
    "changes",
    [{"code_challenge": "", "code_challenge_method": ""}, {"code_challenge_method": "plain"}],
)
def test_a_request_without_pkce_is_sent_back_with_an_error(client: FlaskClient, changes: dict[str, str]) -> None:
    assert sent_back(client.get("/authorize", query_string=asking(**changes)))["error"] == ["invalid_request"]


def test_nobody_unknown_can_sign_in(client: FlaskClient) -> None:
    answer = client.post("/authorize", query_string=asking(), data={"persona": "somebody"})
    assert sent_back(answer)["error"] == ["access_denied"]


def test_user_information_needs_a_token_of_this_provider(client: FlaskClient, tmp_path: Path) -> None:
    token = redeem(client, code_for(client, "chair-dk")).get_json()["access_token"]
    told = client.get("/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert told.get_json()["email"] == "chair-dk@example.vn"
    assert client.get("/userinfo").status_code == 401
    other = create_app(IdentitySettings(identity_issuer=ISSUER, state_dir=str(tmp_path / "other"))).test_client()
    assert other.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 401


def test_tokens_survive_a_restart(client: FlaskClient, settings: IdentitySettings) -> None:
    token = redeem(client, code_for(client, "author-td")).get_json()["access_token"]
    restarted = create_app(settings).test_client()
    assert restarted.get("/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    assert (settings.state / "signing-key.json").stat().st_mode & 0o777 == 0o600


def test_signing_out_returns_only_to_a_known_site(client: FlaskClient) -> None:
    home = {"post_logout_redirect_uri": "http://127.0.0.1:8080/", "state": "x"}
    assert client.get("/logout", query_string=home).location == "http://127.0.0.1:8080/?state=x"
    for elsewhere in ("https://example.org/", "http://127.0.0.1:80801/", "//example.org"):
        assert client.get("/logout", query_string={"post_logout_redirect_uri": elsewhere}).status_code == 200


def test_a_token_for_somebody_unknown_says_whom_there_is() -> None:
    with pytest.raises(tokens.NoToken, match="author-dk"):
        tokens.fetch(ISSUER, "somebody")


def test_personas_are_labelled_as_samples() -> None:
    for key, persona in personas().items():
        assert (persona.sub, persona.email) == (key, f"{key}@example.vn")
        assert persona.name.endswith("(tài khoản mẫu)")


@pytest.mark.parametrize("words", [[], ["AS="]], ids=["nothing", "an empty name"])
def test_a_token_for_nobody_is_answered_with_the_personas(words: list[str]) -> None:
    """`make` itself has a variable AS, the name of an assembler."""
    asked = subprocess.run(
        ["make", "-s", "token", *words], cwd=repository.root(), capture_output=True, text=True, check=False
    )
    assert asked.returncode != 0
    assert "make token AS=officer-mt" in asked.stderr
    assert "secretary-td" in asked.stderr
