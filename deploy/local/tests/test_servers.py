"""The servers are real: they keep what they acknowledged, also over kill -9, and leave nothing behind."""

import time
from pathlib import Path

import kombu
import psycopg
import pytest
import redis
from local.postgres import Postgres
from local.process import descendants
from local.rabbitmq import RabbitMQ
from local.valkey import Valkey

pytestmark = pytest.mark.timeout(90)


def alive(pid: int) -> bool:
    """A process that has ended may wait for its parent to take notice; that is not alive."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_postgres_keeps_a_commit_over_kill_and_finds_it_at_the_next_start(postgres: Postgres) -> None:
    url = postgres.start()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE kept (word text)")
        connection.execute("INSERT INTO kept VALUES ('Diên Khánh')")
    postgres.kill()
    postgres.start()
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT word FROM kept").fetchall() == [("Diên Khánh",)]


def test_postgres_has_vietnamese_case_the_extensions_and_checked_passwords(postgres: Postgres) -> None:
    url = postgres.start()
    with psycopg.connect(url, autocommit=True) as connection:
        for extension in ("btree_gist", "btree_gin", "pg_trgm", "unaccent"):
            connection.execute(f"CREATE EXTENSION {extension}")  # type: ignore[arg-type]
        assert connection.execute("SELECT lower('ĐẮK LẮK')").fetchone() == ("đắk lắk",)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url.replace("postgres:", "postgres:x", 1))


def test_a_state_directory_made_anew_starts_an_empty_cluster(tmp_path: Path, port: int, postgres: Postgres) -> None:
    postgres.start()
    postgres.stop()
    (tmp_path / "postgres").rename(tmp_path / "moved away")
    again = Postgres(tmp_path / "postgres", port)
    with psycopg.connect(again.start()) as connection:
        assert connection.execute("SELECT count(*) FROM pg_database WHERE NOT datistemplate").fetchone() == (1,)
    again.stop()


def test_valkey_keeps_an_acknowledged_write_over_kill(tmp_path: Path, port: int) -> None:
    server = Valkey(tmp_path / "valkey", port)
    with redis.Redis.from_url(server.start()) as client:
        client.set("kept", "yes")
        server.kill()
        assert Valkey(tmp_path / "valkey", port).url == server.url
        server.start()
        assert client.get("kept") == b"yes"
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    server.stop()
    assert (tmp_path / "valkey" / "password").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "valkey" / "valkey.conf").stat().st_mode & 0o777 == 0o600


@pytest.mark.usefixtures("has_rabbitmq")
def test_rabbitmq_keeps_a_confirmed_message_over_kill_and_leaves_no_process(tmp_path: Path, port: int) -> None:
    server = RabbitMQ(tmp_path / "rabbitmq", port)
    exchange = kombu.Exchange("events", type="topic", durable=True)
    queue = kombu.Queue("kept", exchange, routing_key="#", queue_arguments={"x-queue-type": "quorum"})
    url = server.start()
    with kombu.Connection(url, transport_options={"confirm_publish": True}) as connection:
        queue(connection.default_channel).declare()
        time.sleep(1.5)  # Until the broker itself has the new queue on disk.
        connection.Producer().publish({"kept": True}, exchange=exchange, routing_key="a.b")
    server.kill()
    server.start()
    with kombu.Connection(url) as connection, connection.SimpleQueue(queue) as waiting:
        message = waiting.get(timeout=10)
        message.ack()
        assert message.payload == {"kept": True}
    below = [pid for child in server.children for pid in (child.pid, *descendants(child.pid))]
    server.stop()
    deadline = time.monotonic() + 5
    while any(map(alive, below)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(map(alive, below))
