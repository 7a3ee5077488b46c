"""Tables and queries of the registration database. Every function takes the unit of work first."""
