"""Settings of the review API: those of every API, and nothing more."""

from common.settings import ApiSettings, read


def api_settings() -> ApiSettings:
    """From the environment; raises SettingsError naming everything that is missing."""
    return read(ApiSettings)
