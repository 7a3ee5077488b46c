"""The OpenAPI document and the page to browse it: everything served from here, nothing loaded from elsewhere."""

from pathlib import Path
from typing import Any

from flask import Flask

ASSETS = Path(__file__).parent / "vendor"


def config(title: str, description: str) -> dict[str, Any]:
    """flask-smorest settings: /openapi.json, and Swagger UI at /docs."""
    return {
        "API_TITLE": title,
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/",
        "OPENAPI_JSON_PATH": "openapi.json",
        "OPENAPI_SWAGGER_UI_PATH": "docs",
        "OPENAPI_SWAGGER_UI_URL": "/docs-assets/",
        "OPENAPI_SWAGGER_UI_CONFIG": {"validatorUrl": None, "persistAuthorization": True},
        "API_SPEC_OPTIONS": {
            "info": {"description": description},
            "components": {
                "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
                "parameters": {
                    "ActingAs": {
                        "name": "X-Acting-As",
                        "in": "header",
                        "description": "The grant to act under; may be left out by who has only one.",
                        "schema": {"type": "string", "format": "uuid"},
                    }
                },
            },
        },
    }


def serve_assets(app: Flask) -> None:
    """Swagger UI's own files (vendored, see vendor/SHA256SUMS)."""
    app.static_folder = str(ASSETS)
    app.add_url_rule("/docs-assets/<path:filename>", "docs_asset", app.send_static_file)
