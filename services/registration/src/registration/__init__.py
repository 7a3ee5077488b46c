"""Registration: tenants, units, people and grants, cycles, initiatives, attachments, models, the public catalogue."""
