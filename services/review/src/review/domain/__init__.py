"""What judging is and which rules it keeps. Pure: no database, no HTTP, no clock."""
