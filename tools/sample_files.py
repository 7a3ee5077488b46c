"""Small honest files for tests that need something to attach."""

import io

from PIL import Image


def pdf(mark: str = "") -> bytes:
    """Return a PDF of one empty page, made a file of its own by `mark`, which can be found in its bytes."""
    return (
        f"%PDF-1.4\n% {mark}\n"
        "1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\n"
        "trailer<</Root 1 0 R/Size 4>>\n%%EOF\n"
    ).encode()


def png() -> bytes:
    """Return a picture of one point."""
    written = io.BytesIO()
    Image.new("RGB", (1, 1)).save(written, "PNG")
    return written.getvalue()
