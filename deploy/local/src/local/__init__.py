"""The embedded runner: the production processes with real servers beside them; knows no business rule."""
