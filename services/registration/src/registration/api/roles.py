"""Which roles read what everybody in a province may."""

ADMINISTRATOR = "administrator"
EVERYONE = ("administrator", "author", "officer", "secretary", "member", "chair", "standing")
EVERYBODY = ("operator", *EVERYONE)  # With what everybody may ask, whoever they are.
