"""A small OpenID issuer: real signed tokens, and its keys over HTTP."""

import json
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwk, jwt

_HOURS = 3600


class Issuer:
    """Serves its keys until closed; a service asks for them once in ten minutes."""

    def __init__(self) -> None:
        self._key = jwk.RSAKey.generate_key(2048, auto_kid=True)
        keys = json.dumps({"keys": [self._key.as_dict(private=False)]}).encode()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Keys, keys))
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.jwks_url = f"{self.url}/jwks"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def token(self, subject: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "sub": subject, "aud": "sangtao", "iat": now, "exp": now + _HOURS}
        return jwt.encode({"alg": "RS256", "kid": self._key.kid}, claims, self._key)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Keys(BaseHTTPRequestHandler):
    def __init__(self, keys: bytes, *address: Any) -> None:
        self._content = keys
        super().__init__(*address)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self._content)))
        self.end_headers()
        self.wfile.write(self._content)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
