"""The HTTP edge: parse, one use case, dump."""

from registration.api import (
    cycles,
    exports,
    grants,
    initiatives,
    journal,
    models,
    people,
    recommended,
    reorganisations,
    settings,
    subject_requests,
    tenants,
    trails,
    units,
)

BLUEPRINTS = (
    tenants.blueprint,
    settings.blueprint,
    exports.blueprint,
    units.blueprint,
    reorganisations.blueprint,
    people.blueprint,
    grants.blueprint,
    cycles.blueprint,
    initiatives.blueprint,
    initiatives.attachments,
    initiatives.catalogue,
    recommended.blueprint,
    trails.blueprint,
    journal.blueprint,
    models.blueprint,
    subject_requests.blueprint,
    subject_requests.data,
)
