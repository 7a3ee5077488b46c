"""What registration's things are and how they may change. Pure: no I/O, no clock, no framework."""
