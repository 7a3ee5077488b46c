"""The HTTP edge: parse, one use case, dump."""

from reporting.api import activities, figures

BLUEPRINTS = (activities.blueprint, figures.blueprint)
