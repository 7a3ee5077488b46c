"""The one tenant above the provinces. It reads no row of theirs; what it holds was given to it."""

CENTRE = "trung-uong"
