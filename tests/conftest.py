"""Fixtures of the tests that need the whole platform: one with the sample for all who only read or add to it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from local import sample
from local.platform import Platform
from local.ports import free_base

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "examples" / "dien-khanh"))  # The loader is a script, not a package.


@pytest.fixture(scope="package")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The platform as `make run` serves it, with the sample, on a throwaway state."""
    made = Platform(tmp_path_factory.mktemp("platform"), free_base())
    with made:
        assert sample.load(made, "khanh-hoa")  # The other province is what tests/isolation makes of it.
        yield made
    made.discard()


@pytest.fixture(scope="package")
def make_case() -> Callable[..., Any]:
    """`make_case(platform)`: the real case, ready to be loaded into a platform."""
    from case import SERVICES, Case

    def make(platform: Platform, say: Callable[[str], None] = print) -> Any:
        return Case({name: platform.urls[name] for name in SERVICES}, platform.urls["identity"], say)

    return make
