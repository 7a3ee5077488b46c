"""The tables, their constraints and who sees which row; importing this knows them all."""

from registration.store.tables.columns import metadata
from registration.store.tables.initiatives import attachments, authors, catalogue, initiatives, steps
from registration.store.tables.models import models, replications
from registration.store.tables.people import disclosures, national_ids, people
from registration.store.tables.recommended import recommended
from registration.store.tables.reorganisations import reorganisations, successions
from registration.store.tables.subject_requests import subject_requests
from registration.store.tables.tenants import tenant_archives, tenant_settings
from registration.store.tables.units import councils, cycles, tenants, unit_periods, units

__all__ = [
    "attachments",
    "authors",
    "catalogue",
    "councils",
    "cycles",
    "disclosures",
    "initiatives",
    "metadata",
    "models",
    "national_ids",
    "people",
    "recommended",
    "reorganisations",
    "replications",
    "steps",
    "subject_requests",
    "successions",
    "tenant_archives",
    "tenant_settings",
    "tenants",
    "unit_periods",
    "units",
]
