"""OpenID Connect's code flow over Authlib: clients, one-time codes, signed tokens; knows no page."""

import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, InvalidRequestError, grants
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc9068 import JWTBearerTokenGenerator
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask
from joserfc.jwk import KeySet

from local.identity.clients import AUDIENCE, COMMAND_LINE_CLIENT, COMMAND_LINE_REDIRECT, PORTAL_CLIENT
from local.identity.keys import ALGORITHM
from local.identity.settings import IdentitySettings
from local.personas import Persona, personas

SCOPES = ("openid", "profile", "email")
_TOKEN_SECONDS = 8 * 3600
_CODE_SECONDS = 60


class Client(ClientMixin):
    """A public client: it has no secret, so its codes are bound to it by PKCE and exact redirect addresses."""

    def __init__(self, client_id: str, redirect_uris: tuple[str, ...]) -> None:
        self.client_id = client_id
        self.redirect_uris = redirect_uris

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> str | None:
        return None  # It has to be said, and is then compared.

    def get_allowed_scope(self, scope: str | None) -> str:
        return " ".join(one for one in (scope or "openid").split() if one in SCOPES)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, _secret: str) -> bool:
        return False

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        return method == "none"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"

    def may_return_to(self, uri: str) -> bool:
        """After signing out a browser may go anywhere on the sites that it may be sent to with a code."""
        return urlsplit(uri)[:2] in [urlsplit(known)[:2] for known in self.redirect_uris]


class User:
    """A persona in the shape that Authlib asks for."""

    def __init__(self, persona: Persona) -> None:
        self.persona = persona

    def get_user_id(self) -> str:
        return self.persona.sub

    def claims(self) -> dict[str, str]:
        return {"name": self.persona.name, "email": self.persona.email}


@dataclass(frozen=True)
class Code:
    """What was asked for when a code was given out."""

    client_id: str
    redirect_uri: str
    scope: str
    nonce: str | None
    user: User
    code_challenge: str
    code_challenge_method: str
    issued: float

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.issued)

    def get_acr(self) -> None:
        return None

    def get_amr(self) -> None:
        return None


class Codes:
    """Codes waiting to be redeemed: each can be asked for once, within a minute."""

    def __init__(self) -> None:
        self._codes: dict[str, Code] = {}
        self._lock = threading.Lock()

    def put(self, value: str, code: Code) -> None:
        with self._lock:
            oldest = time.time() - _CODE_SECONDS
            self._codes = {key: kept for key, kept in self._codes.items() if kept.issued > oldest}
            self._codes[value] = code

    def take(self, value: str, client_id: str) -> Code | None:
        with self._lock:
            code = self._codes.pop(value, None)
        if code is None or code.client_id != client_id or code.issued < time.time() - _CODE_SECONDS:
            return None
        return code


class CodeFlow(grants.AuthorizationCodeGrant):
    """A code is burnt by the first attempt to redeem it, also by a wrong one."""

    TOKEN_ENDPOINT_AUTH_METHODS = ("none",)

    def save_authorization_code(self, code: str, request: Any) -> None:
        asked = request.payload.data
        kept = Code(
            client_id=request.client.client_id,
            redirect_uri=asked["redirect_uri"],
            scope=request.scope,
            nonce=asked.get("nonce"),
            user=request.user,
            code_challenge=asked["code_challenge"],
            code_challenge_method=asked["code_challenge_method"],
            issued=time.time(),
        )
        self.server.codes.put(code, kept)

    def query_authorization_code(self, code: str, client: Client) -> Code | None:
        taken: Code | None = self.server.codes.take(code, client.client_id)
        return taken

    def delete_authorization_code(self, authorization_code: Code) -> None:
        """It is gone already: asking for it took it."""

    def authenticate_user(self, authorization_code: Code) -> User:
        return authorization_code.user


class RequiredChallenge(CodeChallenge):
    """PKCE with SHA-256 for everyone, asked for before anyone signs in."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        if not grant.request.payload.data.get("code_challenge_method"):
            raise InvalidRequestError("Missing 'code_challenge' with 'code_challenge_method' S256")
        super().validate_code_challenge(grant, redirect_uri)


class IdTokens(OpenIDCode):
    """Says to the client who signed in."""

    def __init__(self, issuer: str, keys: KeySet) -> None:
        super().__init__(require_nonce=False)
        self._issuer, self._keys = issuer, keys

    def exists_nonce(self, _nonce: str, _request: Any) -> bool:
        return False  # A code is good for one token, so a nonce cannot come back.

    def resolve_client_private_key(self, _client: Client) -> KeySet:
        return self._keys

    def get_encode_header(self, _client: Client) -> dict[str, str]:
        return {"alg": ALGORITHM, "kid": str(self._keys.keys[0].kid)}

    def get_client_claims(self, client: Client) -> dict[str, Any]:
        return {"iss": self._issuer, "aud": [client.client_id]}

    def generate_user_info(self, user: User, _scope: str) -> UserInfo:
        return UserInfo(sub=user.get_user_id(), **user.claims())


class AccessTokens(JWTBearerTokenGenerator):
    """RFC 9068 tokens for the platform's APIs; nothing about roles is in them."""

    def __init__(self, issuer: str, keys: KeySet) -> None:
        super().__init__(issuer=issuer, alg=ALGORITHM, expires_generator=lambda *_: _TOKEN_SECONDS)
        self._keys = keys

    def get_jwks(self) -> KeySet:
        return self._keys

    def get_audiences(self, _client: Client, _user: User, _scope: str) -> str:
        return AUDIENCE

    def get_extra_claims(self, _client: Client, _grant_type: str, user: User, _scope: str) -> dict[str, str]:
        return user.claims()


class Provider(AuthorizationServer):
    """The server with its clients, its codes and its one grant."""

    def __init__(self, app: Flask, settings: IdentitySettings, keys: KeySet) -> None:
        self.clients = {
            PORTAL_CLIENT: Client(PORTAL_CLIENT, settings.redirect_uris),
            COMMAND_LINE_CLIENT: Client(COMMAND_LINE_CLIENT, (COMMAND_LINE_REDIRECT,)),
        }
        self.codes = Codes()
        super().__init__(app, query_client=self.clients.get, save_token=_keep_no_token)
        self.register_grant(CodeFlow, [IdTokens(settings.issuer, keys), RequiredChallenge(required=True)])
        self.register_token_generator("default", AccessTokens(settings.issuer, keys))


def _keep_no_token(_token: dict[str, Any], _request: Any) -> None:
    """Tokens prove themselves by their signature."""


def user(key: str) -> User | None:
    persona = personas().get(key)
    return User(persona) if persona else None
