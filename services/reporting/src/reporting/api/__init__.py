"""The HTTP edge: parse, one use case, dump."""

from reporting.api import activities, figures, subjects

BLUEPRINTS = (activities.blueprint, figures.blueprint, subjects.blueprint)
