"""The tenants that are no province: the centre above them all, and the platform's own, for its operators."""

CENTRE = "trung-uong"  # It reads no row of the provinces; what it holds was given to it.
PLATFORM = "platform"


def is_province(tenant: str) -> bool:
    return tenant not in (CENTRE, PLATFORM)
