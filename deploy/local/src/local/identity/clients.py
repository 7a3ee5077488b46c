"""Who may ask the provider for tokens, and for whose use; knows nothing of how they are made."""

AUDIENCE = "sangtao"
PORTAL_CLIENT = "portal"
COMMAND_LINE_CLIENT = "command-line"
# RFC 8252 section 7.3: an address of the machine itself, where nothing has to listen.
COMMAND_LINE_REDIRECT = "http://127.0.0.1/signed-in"
