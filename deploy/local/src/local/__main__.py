"""`python -m local <command>`: the platform, its local stand-ins, and small commands; parses, then calls one function.

Each command imports what it needs when it runs: `up` has to serve within seconds, and imports are most of them.
"""

import argparse
import os
import sys
from pathlib import Path

from local import ports

_DEFAULT_STATE = Path(".local")


def main() -> int:
    arguments = _parser().parse_args()
    status: int = arguments.run(arguments)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local")
    commands = parser.add_subparsers(dest="command", required=True)
    up = commands.add_parser("up", help="start the whole platform and serve until Ctrl-C")
    up.add_argument("--state", type=Path, default=_DEFAULT_STATE, help="where everything is kept (%(default)s)")
    up.add_argument("--base-port", type=int, help=f"the portal's port, others count from it; also {ports.SETTING}")
    up.add_argument("--broker", choices=("valkey", "rabbitmq"), default="valkey")
    up.add_argument("--no-sample", action="store_true", help="do not load the sample case at the first start")
    up.set_defaults(run=_up)
    token = commands.add_parser("token", help="print an access token of a persona")
    token.add_argument("--state", type=Path, default=_DEFAULT_STATE, help="of the platform that runs (%(default)s)")
    token.add_argument("--as", dest="persona", metavar="PERSONA")
    token.set_defaults(run=_token)
    plain = {
        "personas": (_personas, "list whom one can sign in as"),
        "rabbitmq-fetch": (_rabbitmq_fetch, "unpack RabbitMQ without root, unless it is here already"),
        "pgbouncer-fetch": (_pgbouncer_fetch, "unpack PgBouncer without root, unless it is here already"),
        "identity": (_identity, "serve the local OpenID provider"),
        "mailbox": (_mailbox, "serve the mail server that keeps what it gets"),
        "postgres": (_postgres, "serve the embedded PostgreSQL alone"),
        "valkey": (_valkey, "serve the embedded Valkey alone"),
    }
    for name, (run, summary) in plain.items():
        commands.add_parser(name, help=summary).set_defaults(run=run)
    return parser


def _up(arguments: argparse.Namespace) -> int:
    from local import serving

    base_port = arguments.base_port or ports.configured_base()
    return serving.up(arguments.state, base_port, arguments.broker, not arguments.no_sample)


def _token(arguments: argparse.Namespace) -> int:
    from local import tokens
    from local.console import token_usage
    from local.state import State

    if not arguments.persona:
        print(token_usage(), file=sys.stderr)
        return 2
    urls = State(arguments.state).urls()
    if urls is None:
        print(f"Nền tảng chưa chạy trên {arguments.state}. · Nothing runs on {arguments.state}.", file=sys.stderr)
        return 1
    try:
        print(tokens.fetch(urls["identity"], arguments.persona))
    except tokens.NoToken as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _personas(_: argparse.Namespace) -> int:
    from local.console import persona_list

    print(persona_list())
    return 0


def _rabbitmq_fetch(_: argparse.Namespace) -> int:
    from local import rabbitmq

    reason = rabbitmq.unavailable()
    print(reason or f"RabbitMQ: {rabbitmq.fetch().start_script}", file=sys.stderr if reason else sys.stdout)
    return 1 if reason else 0


def _pgbouncer_fetch(_: argparse.Namespace) -> int:
    from local import pgbouncer

    reason = pgbouncer.unavailable()
    print(reason or f"PgBouncer: {pgbouncer.fetch()}", file=sys.stderr if reason else sys.stdout)
    return 1 if reason else 0


def _identity(_: argparse.Namespace) -> int:
    from common import server
    from common.settings import read

    from local.identity.settings import IdentitySettings

    server.run("local.identity", read(IdentitySettings))
    return 0


def _mailbox(_: argparse.Namespace) -> int:
    from local import mailbox

    mailbox.serve(_state() / "mail", _bind(), _port("mailbox"))
    return 0


def _postgres(_: argparse.Namespace) -> int:
    from local import serving
    from local.postgres import Postgres

    return serving.serve(Postgres(_state(), _port("postgres"), _bind(), os.environ.get("PASSWORD")))


def _valkey(_: argparse.Namespace) -> int:
    from local import serving
    from local.valkey import Valkey

    return serving.serve(Valkey(_state(), _port("valkey"), _bind(), os.environ.get("PASSWORD")))


def _state() -> Path:
    return Path(os.environ.get("STATE_DIR", _DEFAULT_STATE))


def _bind() -> str:
    return os.environ.get("BIND", "127.0.0.1")


def _port(name: str) -> int:
    return int(os.environ.get("PORT", ports.ports(ports.configured_base())[name]))


if __name__ == "__main__":
    raise SystemExit(main())
