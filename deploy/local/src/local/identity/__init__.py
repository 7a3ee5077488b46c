"""A local OpenID provider for trying the platform out; knows who someone says to be, not what they may do."""
