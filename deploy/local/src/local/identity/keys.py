"""The provider's signing key, kept so that tokens stay valid over a restart; knows nothing of tokens."""

import json
from pathlib import Path

from joserfc.jwk import KeySet, RSAKey

from local.private_files import write_private

ALGORITHM = "RS256"


def signing_keys(state: Path) -> KeySet:
    """The key in this directory; made at the first start."""
    path = state / "signing-key.json"
    if not path.exists():
        key = RSAKey.generate_key(2048, {"alg": ALGORITHM, "use": "sig"}, private=True, auto_kid=True)
        write_private(path, json.dumps(key.as_dict(private=True)))
    return KeySet([RSAKey.import_key(json.loads(path.read_text()))])
