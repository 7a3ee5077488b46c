"""The notifications database: tables, and the queries on them by business noun."""
