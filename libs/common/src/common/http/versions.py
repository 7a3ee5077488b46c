"""ETag and If-Match: nobody overwrites a version they have not seen."""

import re

from flask import request

from common.errors import VersionRequired

_ETAG = re.compile(r'^(?:W/)?"([0-9]{1,9})"$')


def etag(version: int) -> str:
    return f'"{version}"'


def expected_version(*, required: bool = False) -> int | None:
    """The version in If-Match. Raises VersionRequired when it must be there and is not, or is no version of ours."""
    header = request.headers.get("If-Match", "")
    if match := _ETAG.match(header):
        return int(match[1])
    if required or header not in ("", "*"):
        raise VersionRequired("request.if_match_required")
    return None
