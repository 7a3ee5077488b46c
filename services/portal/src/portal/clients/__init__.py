"""The four services over HTTP: the only code here that makes calls; knows no page and no form."""

from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import cast

import requests
from flask import current_app
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from portal.clients.notifications import Notifications
from portal.clients.registration import Registration
from portal.clients.reporting import Reporting
from portal.clients.review import Review
from portal.clients.service import ApiError, Download, Headers, Json, text

__all__ = ["ApiError", "Download", "Json", "Platform", "connect", "platform", "text"]


@dataclass(frozen=True)
class Platform:
    """The four, as one visitor sees them: `headers` says for each call who that is."""

    registration: Registration
    review: Review
    reporting: Reporting
    notifications: Notifications


def connect(urls: dict[str, str], headers: Headers) -> Platform:
    http = requests.Session()
    http.trust_env = False
    # One connection pool for all visitors, so no cookie may stay in it.
    http.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    # Only what has not reached a service, or may be asked twice, is sent again.
    retry = Retry(
        connect=2,
        read=1,
        redirect=0,
        status=0,
        other=0,
        backoff_factor=0.1,
        allowed_methods={"GET"},
        respect_retry_after_header=False,  # What a service refuses for now, the visitor is told: nobody waits here.
    )
    http.mount("http://", HTTPAdapter(pool_connections=8, pool_maxsize=32, max_retries=retry))
    http.mount("https://", HTTPAdapter(pool_connections=8, pool_maxsize=32, max_retries=retry))
    return Platform(
        registration=Registration(http, urls["registration"], headers),
        review=Review(http, urls["review"], headers),
        reporting=Reporting(http, urls["reporting"], headers),
        notifications=Notifications(http, urls["notifications"], headers),
    )


def platform() -> Platform:
    """The platform for the visitor of the running request."""
    return cast("Platform", current_app.extensions["platform"])
