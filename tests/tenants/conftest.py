"""Fixtures of the tests of a tenant's life: a platform of their own, without the sample and with limits."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from local.platform import Platform
from local.ports import free_base

PER_MINUTE = 1200


@pytest.fixture(scope="package")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """No province is on it; each may send PER_MINUTE requests."""
    made = Platform(tmp_path_factory.mktemp("bare"), free_base(), environment={"RATE_PER_TENANT": str(PER_MINUTE)})
    with made:
        yield made
    made.discard()


@pytest.fixture(scope="package")
def person(bare: Platform) -> Callable[[str], Any]:
    """`person("admin-kh")`: a client of this platform that signs in as a persona."""
    from client import Person

    urls = {name: bare.urls[name] for name in ("registration", "review", "reporting", "notifications")}
    return lambda persona: Person(urls, bare.token(persona), persona)


@pytest.fixture(scope="package")
def opened(bare: Platform) -> Callable[..., str]:
    """`opened("khanh-hoa", "KH", "admin-kh")`: a province opened by the command; returns what it printed."""

    def make(code: str, prefix: str, subject: str) -> str:
        names = {"--code": code, "--name": f"Tỉnh {code}", "--code-prefix": prefix, "--root-code": prefix}
        names |= {"--root-name": f"Tỉnh {code}", "--administrator-name": "Quản trị", "--administrator-subject": subject}
        return bare.run("registration", "create-tenant", *(word for pair in names.items() for word in pair))

    return make
