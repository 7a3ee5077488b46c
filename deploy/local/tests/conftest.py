"""Fixtures of the runner's tests: real servers in throwaway directories."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from local import ports, rabbitmq
from local.postgres import Postgres
from local.process import Program


@pytest.fixture
def base() -> int:
    return ports.free_base()


@pytest.fixture
def port(base: int) -> int:
    return base


@pytest.fixture
def postgres(tmp_path: Path, port: int) -> Iterator[Postgres]:
    server = Postgres(tmp_path / "postgres", port)
    yield server
    server.stop()
    server.discard()


@pytest.fixture(scope="session")
def has_rabbitmq(skip_or_fail: Callable[[str], None]) -> None:
    if reason := rabbitmq.unavailable():
        skip_or_fail(reason)


@pytest.fixture
def program(tmp_path: Path) -> Callable[..., Program]:
    """`program("name", "shell command", ...)`."""

    def make(name: str, script: str, **options: object) -> Program:
        return Program(
            name=name,
            argv=("/bin/sh", "-c", script),
            environment={"PATH": "/usr/bin:/bin"},
            log=tmp_path / "logs" / f"{name}.log",
            **options,  # type: ignore[arg-type]
        )

    return make
