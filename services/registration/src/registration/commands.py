"""What an operator types: `python -m registration <command>`. Each command opens its own transactions."""

import json
import resource
import time
import tomllib
from contextlib import suppress
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

from common import cli, clock
from common.database import Actor, Context, UnitOfWork, open_engine
from common.errors import Moved, NotFound
from common.objects import Objects
from common.outbox import EVERY_TENANT
from common.settings import SettingsError, read
from marshmallow import ValidationError
from sqlalchemy import Engine, Row

from registration.archiving import Archivist
from registration.country.differences import Differences
from registration.country.editions import editions, provinces
from registration.country.reform import origins
from registration.domain.reorganisations import Reorganisation
from registration.files import Files
from registration.national_ids import Seal
from registration.schemas.tenants import CreateTenant
from registration.settings import (
    ArchiveSettings,
    CommandSettings,
    IssuerSettings,
    OperatorSettings,
    SealSettings,
    TenantSettings,
)
from registration.store import subject_requests
from registration.store import tenants as tenant_store
from registration.store.settings import preset_names
from registration.store.tables import metadata
from registration.usecases import country, people, reorganisations, tenants


def make_operator() -> None:
    """let OPERATOR_SUBJECT operate the platform"""
    settings = read(OperatorSettings)
    with open_engine(settings.database_url, pool_size=1) as engine, _acting(engine, tenants.PLATFORM) as uow:
        who = {"issuer": settings.oidc_issuer, "subject": settings.operator_subject}
        tenants.make_operator(uow, **who, today=clock.today(), now=clock.now())


def move_issuer() -> None:
    """let grants given under PREVIOUS_OIDC_ISSUER hold for the same subjects of OIDC_ISSUER"""
    settings = read(IssuerSettings)
    if not settings.previous_oidc_issuer:
        raise SettingsError("PREVIOUS_OIDC_ISSUER is missing")
    with open_engine(settings.database_url, pool_size=1) as engine:
        with _acting(engine, "") as uow:
            names = tenants.tenant_names(uow)
        for name in names:
            with suppress(Moved), _acting(engine, name) as uow:
                people.move_issuer(uow, before=settings.previous_oidc_issuer, after=settings.oidc_issuer)


def reseal_national_ids() -> None:
    """seal all national ids with the first key of NATIONAL_ID_KEYS; then the others can go"""
    settings = read(SealSettings)
    seal = Seal.of(settings.national_id_keys, settings.national_id_index_key)
    with open_engine(settings.database_url, pool_size=1) as engine:
        with _acting(engine, "") as uow:
            names = tenants.tenant_names(uow)
        for name in names:
            with suppress(Moved), _acting(engine, name) as uow:
                cli.say(f"{name}: {people.reseal_national_ids(uow, seal)} sealed again")


def create_tenant(file: Path | None, **flags: Any) -> None:
    """open a province, ready to use: from a file like that of POST /v1/tenants, or from flags"""
    settings, began = read(TenantSettings), time.monotonic()
    body = tomllib.loads(file.read_text("utf-8")) if file else _nested(flags)
    try:
        values = CreateTenant().load(body.get("tenant", body))
    except ValidationError as error:
        raise SettingsError(json.dumps(error.messages, ensure_ascii=False)) from error
    values["valid_from"] = values["valid_from"] or clock.today()
    with open_engine(settings.database_url, pool_size=1) as engine, _acting(engine, tenants.PLATFORM) as uow:
        made = tenants.create_tenant(uow, **values, issuer=settings.oidc_issuer, today=clock.today(), now=clock.now())
    cli.say(f"{made['tenant']} is open: {made['name']}; {time.monotonic() - began:.1f} s")


def _nested(flags: dict[str, Any]) -> dict[str, Any]:
    """`root_name` belongs into `root`, `administrator_subject` into `administrator`."""
    given = {flag: value for flag, value in flags.items() if value is not None}
    nested = {
        part: {flag.removeprefix(f"{part}_"): given.pop(flag) for flag in list(given) if flag.startswith(f"{part}_")}
        for part in ("root", "administrator")
    }
    return given | nested


def reorganise(plans: Path) -> None:
    """prepare, approve and apply the reorganisations in a file, with the law in hand; run again, those left"""
    settings, began = read(CommandSettings), time.monotonic()
    lines = [line for line in plans.read_text("utf-8").splitlines() if line.strip()]
    with open_engine(settings.database_url, pool_size=1) as engine:
        for done, line in enumerate(lines, 1):
            body = json.loads(line)
            tenant, effective_on = body.pop("tenant"), date.fromisoformat(body.pop("effective_on"))
            with _acting(engine, tenant) as uow:
                # The same line is the same act, however often the file is run.
                act_id = uuid5(NAMESPACE_OID, line)
                act = reorganisations.carry_out(uow, _moment(), act_id, **body, effective_on=effective_on)
            _say_applied(f"{done}/{len(lines)}", act)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cli.say(f"{len(lines)} reorganisations applied; {time.monotonic() - began:.1f} s, {memory} MB")


def reorganise_due() -> None:
    """apply every reorganisation that was approved and whose day has come; a job runs this each night"""
    settings, due = read(CommandSettings), list[tuple[str, UUID]]()
    with open_engine(settings.database_url, pool_size=1) as engine:
        with _acting(engine, "") as uow:
            names = tenants.tenant_names(uow)
        done = [cli.attempt(partial(_find_due, engine, name, due), name) for name in names]
        done += [cli.attempt(partial(_apply_due, engine, name, act_id), name) for name, act_id in due]
    if not all(done):
        raise SystemExit(1)


def _find_due(engine: Engine, tenant: str, due: list[tuple[str, UUID]]) -> None:
    with suppress(Moved), _acting(engine, tenant) as uow:
        due += [(tenant, act_id) for act_id in reorganisations.due(uow, _moment())]


def _apply_due(engine: Engine, tenant: str, act_id: UUID) -> None:
    """In a transaction of its own: one that no longer fits takes no other back, and holds none up."""
    # What waits in a province that was merged a moment ago waits in its heir by now, for the next night.
    with suppress(Moved), _acting(engine, tenant) as uow:
        _say_applied(tenant, reorganisations.apply(uow, act_id, _moment()))


def _moment() -> reorganisations.Moment:
    return reorganisations.Moment(clock.now(), clock.today())


def _say_applied(what: str, act: Reorganisation) -> None:
    moved = ", ".join(f"{count} {name}" for name, count in (act.journal or {}).get("moved", {}).items())
    cli.say(f"{what} {act.title}: moved {moved}")


def show_overdue_requests() -> None:
    """list the provinces whose requests about personal data are past their day"""
    with open_engine(read(CommandSettings).database_url, pool_size=1) as engine, _acting(engine, EVERY_TENANT) as uow:
        for row in subject_requests.overdue_by_tenant(uow, clock.today()):
            print(row.tenant, row.count, row.since, sep="\t")  # noqa: T201


def import_country(edition: str, province: list[str] | None, valid_from: date | None, changed_on: date | None) -> None:
    """make a tenant of every province, with its districts and communes, and apply what changed since the last time"""
    settings = read(CommandSettings)
    today, began, found = clock.today(), time.monotonic(), list[Differences]()
    dates = country.Dates(valid_from or editions()[edition].valid_from, changed_on or today, today)
    wanted = [one for one in provinces(edition) if not province or one.root.code in province]
    with open_engine(settings.database_url, pool_size=1) as engine:
        for done, one in enumerate(wanted, 1):
            with _acting(engine, tenants.PLATFORM) as uow:
                found.append(country.import_province(uow, one, dates, clock.now()))
            _say_differences(f"{done}/{len(wanted)}", found[-1])
        with _acting(engine, tenants.PLATFORM) as uow:
            left = country.provinces_left(uow, edition, today)
    cli.say(*(f"{tenant}: not in this edition; left to a reorganisation" for tenant in left))
    _say_total(found, time.monotonic() - began)
    if any(one.refused for one in found):
        raise SystemExit(1)


def plan_reform(province: list[str] | None) -> None:
    """print the reform of 2025 as reorganisations, one a line, for people to correct and for `reorganise` to apply"""
    settings = read(CommandSettings)
    with open_engine(settings.database_url, pool_size=1) as engine:
        for code in province or sorted(origins()):
            try:
                with _acting(engine, tenants.PLATFORM) as uow:
                    cli.say(json.dumps(country.plan_reform(uow, code, clock.today()), ensure_ascii=False))
            except NotFound as error:
                raise SystemExit(f"{code}: one of its old provinces is not here as it was imported") from error


def _say_differences(progress: str, found: Differences) -> None:
    counts = f"{len(found.added)} units added, {len(found.renamed)} renamed, {len(found.left)} left"
    outcome = f"NOT TOUCHED: {found.refused}" if found.refused else counts
    cli.say(f"{progress} {found.tenant}: {outcome}", *(f"  left to a reorganisation: {line}" for line in found.left))


def _say_total(found: list[Differences], seconds: float) -> None:
    new, refused = sum(one.is_new for one in found), sum(bool(one.refused) for one in found)
    units = f"{sum(len(one.added) for one in found)} units added, {sum(len(one.renamed) for one in found)} renamed"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    cli.say(f"{new} provinces new, {units}, {refused} provinces not touched; {seconds:.1f} s, {memory} MB")


def finish_exports() -> None:
    """Archives whose parts are all there, and those that have expired: after this service's own parts are made."""
    settings = read(ArchiveSettings)
    with open_engine(settings.database_url, pool_size=1) as engine:
        unit_of_work = partial(UnitOfWork, engine, metadata, "/registration")
        archivist = Archivist(unit_of_work, Objects(settings.export_store_url), Files(settings.attachment_store_url))
        done = [cli.attempt(partial(_finish_export, archivist, one), one.tenant) for one in archivist.waiting()]
        archivist.clear_expired()
    if not all(done):
        raise SystemExit(1)


def _finish_export(archivist: Archivist, asked: Row[Any]) -> None:
    cli.say(archivist.finish(asked))


def remove_files(tenant: str) -> None:
    """What a closed tenant has outside the database, also from before others became part of it: files, exports."""
    settings = read(ArchiveSettings)
    with open_engine(settings.database_url, pool_size=1) as engine, _acting(engine, EVERY_TENANT) as uow:
        absorbed = tenant_store.absorbed_by(uow, tenant)
    attached, exports = Files(settings.attachment_store_url), Objects(settings.export_store_url)
    for one in (*absorbed, tenant):
        files, archives = attached.delete_all(one), exports.delete_all(one)
        cli.say(f"{one}: {files} files and {archives} files of exports deleted")


def _acting(engine: Engine, tenant: str) -> UnitOfWork:
    return UnitOfWork(engine, metadata, "/registration", Context(tenant, actor=Actor(process="command")))


COMMANDS = {
    "make-operator": cli.OwnCommand(make_operator),
    "move-issuer": cli.OwnCommand(move_issuer),
    "reseal-national-ids": cli.OwnCommand(reseal_national_ids),
    "subject-requests-overdue": cli.OwnCommand(show_overdue_requests),
    "create-tenant": cli.OwnCommand(
        create_tenant,
        {
            "--file": {"type": Path, "help": "TOML with what the API takes; then no other flag counts"},
            "--code": {"help": "khanh-hoa"},
            "--name": {"help": "Tỉnh Khánh Hòa"},
            "--code-prefix": {"help": "KH: begins every dossier's code"},
            "--valid-from": {"metavar": "DAY", "help": "since when the root unit exists (today)"},
            "--preset": {"choices": preset_names(), "help": "its levels; left out, those of the law of that day"},
            "--root-code": {"help": "the root unit's code: KH"},
            "--root-name": {"help": "the root unit's name"},
            "--administrator-name": {"help": "the first administrator"},
            "--administrator-email": {"help": "where notifications reach them"},
            "--administrator-subject": {"help": "their subject at the identity provider"},
        },
    ),
    "reorganise": cli.OwnCommand(
        reorganise,
        {"plans": {"type": Path, "metavar": "FILE", "help": "one reorganisation a line, as the API takes it"}},
    ),
    "reorganise-due": cli.OwnCommand(reorganise_due),
    "import-country": cli.OwnCommand(
        import_country,
        {
            "--edition": {"required": True, "choices": sorted(editions()), "help": "the country up to, or since, 2025"},
            "--province": {"action": "append", "metavar": "CODE", "help": "only this one; may be given again"},
            "--valid-from": {"type": date.fromisoformat, "help": "since when new provinces' units exist"},
            "--changed-on": {"type": date.fromisoformat, "help": "since when differences hold (today)"},
        },
    ),
    "plan-reform": cli.OwnCommand(
        plan_reform, {"--province": {"action": "append", "metavar": "CODE", "help": "only this one of today"}}
    ),
}
