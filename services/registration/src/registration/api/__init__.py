"""The HTTP edge: parse, one use case, dump."""

from registration.api import initiatives, models, organisation

BLUEPRINTS = (
    organisation.blueprint,
    initiatives.blueprint,
    initiatives.attachments,
    initiatives.catalogue,
    models.blueprint,
)
