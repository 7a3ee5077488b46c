"""What may cross, each with its reason: everything else that a table lets through is a leak.

Keys are (table, attacker, attack); the attacker `*` stands for any of the application. A door is for one service's
table, or for `*` every service's.
"""

Door = tuple[str, str, str]

TABLE_DOORS: dict[str, dict[Door, str]] = {
    "*": {
        ("outbox", "relay", "read"): "the relay publishes every tenant's events",
        ("outbox", "relay", "count"): "the relay reports how many events wait",
        ("dead_letter", "worker", "read"): "a consumer looks for the letters that are due, of every tenant",
        ("dead_letter", "worker", "count"): "a consumer reports how many letters wait",
        ("audit_witness", "worker", "read"): "a consumer compares the heads of every tenant's chain; hashes only",
        ("audit_witness", "worker", "count"): "a consumer reports how many heads contradict each other",
        ("access_grant", "elsewhere", "read"): "a person's own grants are found before a tenant is chosen",
        ("access_grant", "elsewhere", "count"): "a person's own grants are found before a tenant is chosen",
        ("tenant_standing", "worker", "read"): "which closed provinces' time is over is looked for over every tenant",
        ("tenant_standing", "worker", "count"): "which closed provinces' time is over is looked for over every tenant",
        ("tenant_export", "worker", "read"): "parts of exports that are asked for are looked for over every tenant",
        ("tenant_export", "worker", "count"): "parts of exports that are asked for are looked for over every tenant",
    },
    "registration": {
        ("tenant_archive", "worker", "read"): "archives that wait for parts are looked for over every tenant",
        ("tenant_archive", "worker", "count"): "archives that wait for parts are looked for over every tenant",
        ("tenant", "*", "read"): "which provinces are on the platform is public",
        ("tenant", "*", "count"): "which provinces are on the platform is public",
        ("catalogue_entry", "*", "read"): "the catalogue of recognised initiatives is public",
        ("catalogue_entry", "*", "count"): "the catalogue of recognised initiatives is public",
        ("subject_request", "worker", "read"): "how many requests are overdue is counted over every tenant",
        ("subject_request", "worker", "count"): "how many requests are overdue is counted over every tenant",
    },
    "review": {
        ("rulebook", "below", "read"): "a unit uses the rulebooks of the units above it",
    },
    "notifications": {
        ("email", "worker", "read"): "the delivery process looks for what is due, of every tenant; it holds no text",
        ("email", "worker", "count"): "the delivery process looks for what is due, of every tenant",
    },
}

# Tables with a unit's path, or below a table with one, that the whole tenant reads and writes all the same.
TENANT_WIDE: dict[str, dict[str, str]] = {
    "*": {
        "access_grant": "a request's grant is looked for before its scope is known; the API shows the own subtree's",
    },
    "registration": {
        "unit_period": "units with their names and places are known in the whole province",
        "cycle": "a commune works to the deadlines that its province set",
        "recommended_dossier": "what provinces gave to the centre; the API shows it to who acts for the whole centre",
    },
    "review": {
        "unit": "units with their names and places are known in the whole province",
        "cycle": "a commune works to the deadlines that its province set",
        "initiative_seen": "which version of an initiative was seen last, and nothing about it",
    },
    "reporting": {
        "place": "where each unit is now",
        "received_rollup": "figures that provinces gave, for the whole centre",
        "cycle": "a commune works to the deadlines that its province set",
    },
    "notifications": {
        "unit": "where each unit stands, for the workers that find out who is told",
    },
}

# Tables that only workers reach (no request of a person does), and those of which a request reaches the own rows.
WORKERS_ONLY: dict[str, frozenset[str]] = {
    "notifications": frozenset({"person", "unit", "cycle", "notice", "email"}),
}
OWN_ROWS: dict[str, frozenset[str]] = {
    "registration": frozenset({"initiative", "initiative_author", "initiative_step", "attachment", "subject_request"}),
    "notifications": frozenset({"message", "preference"}),
}


# Tables in which an erasure looks for the erased person's ids under every tenant's name; so does the policy.
ERASED_EVERYWHERE = {"outbox": "an event stays that of the tenant that told it, also when that one was merged"}

# Functions that run with the rights of the tables' owner: the application may call them, and so may an attacker.
FUNCTIONS = {
    "absorb_tenant": "a tenant that merges gives its own rows to its heir",
    "audit_row": "a trigger's: it cannot be called",
    "audit_merge": "only absorb_tenant may call it",
    "audit_note": "adds an entry to the acting tenant's own chain",
    "audit_redact": "blanks what the acting tenant's own entries hold, and those of tenants that it absorbed",
    "audit_heads": "where every tenant's chain ends: a position and a hash",
    "why_kept": "tells the acting tenant only what keeps its own rows",
    "purge_tenant": "deletes the acting tenant's own rows only, when it is closed, exported and its time is over",
}


def table_door(service: str, table: str, attacker: str, attack: str) -> str:
    """Why this may cross, or nothing."""
    listed = TABLE_DOORS["*"] | TABLE_DOORS.get(service, {})
    anybody = "" if attacker in ("relay", "owner") else listed.get((table, "*", attack), "")
    return listed.get((table, attacker, attack), "") or anybody


def is_tenant_wide(service: str, table: str) -> bool:
    return table in TENANT_WIDE["*"] or table in TENANT_WIDE.get(service, {})


# What a commune of a province may know of another: that its units, people and cycles are there.
KNOWN_IN_PROVINCE = frozenset({"unit_id", "person_id", "cycle_id"})

ROUTE_DOORS: dict[tuple[str, str, str, str], str] = {
    ("registration", "GET /v1/units/{unit_id}", "sibling commune", "id unit_id"): "units are known in the province",
    ("registration", "GET /v1/units/{unit_id}/history", "sibling commune", "id unit_id"): "so is their past",
    (
        "registration",
        "POST /v1/grants/{grant_id}/delegations",
        "sibling commune",
        "id person_id",
    ): "people are known in the province, and the own grant may be lent to any of them",
}

# Identifiers in paths of which the target has none, and why that is no gap.
UNTRIED = {
    "tenant": "an operator opens provinces and names their first administrators; which there are is public",
}

# What the centre holds of the provinces: an event in a province's name may write rows under that province's code.
GIVEN_TO_THE_CENTRE = {
    "reporting.province": "which provinces there are is public",
    "reporting.received_rollup": "a year's figures, sent by the province's Standing Board",
    "reporting.audit_entry": "the centre's own audit of what it received",
}

# Events that name people, because somebody has to write to them or to print their names.
EVENTS_WITH_NAMES = {
    "vn.sangtao.registration.person.recorded.v1": "notifications writes to people",
}


def route_door(service: str, route: str, relation: str, attack: str) -> str:
    """Why this route may answer so, or nothing."""
    return ROUTE_DOORS.get((service, route, relation, attack), "")
