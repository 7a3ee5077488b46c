"""The proof of isolation: what is tried against tables, routes and events, and what each removed check lets through."""
