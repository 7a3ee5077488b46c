"""Who may do what here: who sees a unit's figures, who records activities, and who gives the centre a province's."""

READERS = ("officer", "standing", "secretary", "chair", "member", "administrator")
RECORDERS = ("officer", "standing")
SENDERS = ("standing",)
