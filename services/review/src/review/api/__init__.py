"""The HTTP edge: parse, one use case, dump."""

from review.api import (
    commendations,
    councils,
    decisions,
    dossiers,
    recommendations,
    rulebooks,
    sessions,
    subjects,
    trails,
)

BLUEPRINTS = (
    rulebooks.blueprint,
    councils.blueprint,
    sessions.blueprint,
    dossiers.blueprint,
    recommendations.blueprint,
    decisions.blueprint,
    commendations.blueprint,
    subjects.blueprint,
    trails.blueprint,
)
