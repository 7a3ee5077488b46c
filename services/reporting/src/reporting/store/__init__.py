"""Tables and queries of the reporting database. Every function takes the unit of work first."""
