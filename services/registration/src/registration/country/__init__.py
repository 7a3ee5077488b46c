"""The country's provinces, districts and communes as maintained data; knows no database and no tenant's own units."""
