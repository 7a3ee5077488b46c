"""The HTTP edge: parse, one use case, dump."""

from registration.api import (
    cycles,
    exports,
    grants,
    initiatives,
    models,
    people,
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
    trails.blueprint,
    models.blueprint,
    subject_requests.blueprint,
    subject_requests.data,
)
