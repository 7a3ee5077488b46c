"""The HTTP edge: parse, one use case, dump."""

from reporting.api import activities, figures, rollups, subjects

BLUEPRINTS = (activities.blueprint, figures.blueprint, rollups.blueprint, subjects.blueprint)
