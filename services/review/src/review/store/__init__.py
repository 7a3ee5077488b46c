"""The review database: tables, mapping to the domain, queries. Every function takes the unit of work first."""
