"""What every answer tells the browser it may do; knows no page."""

from flask import Flask, Response, request

from portal.session import PUBLIC_ENDPOINTS, visitor
from portal.settings import PortalSettings

YEAR = 31_536_000


def protect(app: Flask, settings: PortalSettings) -> None:
    policy = _policy(settings)

    @app.after_request
    def _add(answer: Response) -> Response:
        headers = answer.headers
        headers.setdefault("Content-Security-Policy", policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if settings.is_https:
            headers["Strict-Transport-Security"] = f"max-age={YEAR}"
        if request.endpoint not in PUBLIC_ENDPOINTS:
            # A public page is the same for all, but its header may show who is signed in.
            headers.setdefault("Cache-Control", "private, no-store" if visitor() else "private, no-cache")
        return answer


def _policy(settings: PortalSettings) -> str:
    """Nothing from elsewhere, nothing inline. Signing out is a form that ends at an identity provider."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",  # Pico's icons are data addresses in its style sheet.
            "connect-src 'self'",
            " ".join(("form-action 'self'", *dict.fromkeys(one.origin for one in settings.providers))),
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )
