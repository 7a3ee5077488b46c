"""Which roles read what everybody in a province may."""

EVERYONE = ("administrator", "author", "officer", "secretary", "member", "chair", "standing")
