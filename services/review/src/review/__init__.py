"""The review service: councils judge the dossiers forwarded to them, by the rulebook in force."""
