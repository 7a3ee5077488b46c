"""The HTTP edge: parse, one use case, dump."""

from registration.api import cycles, initiatives, models, people, settings, tenants, units

BLUEPRINTS = (
    tenants.blueprint,
    settings.blueprint,
    units.blueprint,
    people.blueprint,
    cycles.blueprint,
    initiatives.blueprint,
    initiatives.attachments,
    initiatives.catalogue,
    models.blueprint,
)
