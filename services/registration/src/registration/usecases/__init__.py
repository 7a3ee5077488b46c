"""Everything registration can do, one verb each. Callers open the unit of work and bring the time."""
