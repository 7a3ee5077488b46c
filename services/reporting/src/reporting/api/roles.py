"""Who may do what here: the roles that see a unit's figures, and those that record activities."""

READERS = ("officer", "standing", "secretary", "chair", "member", "administrator")
RECORDERS = ("officer", "standing")
