"""Checks of a picture: it can be read to its end, and is not larger than a reader can show."""

from typing import BinaryIO

from PIL import Image, UnidentifiedImageError

# A camera's largest photograph has about 50 million pixels. A progressive JPEG is decoded in memory as a whole.
MOST_PIXELS, MOST_PROGRESSIVE_PIXELS = 64_000_000, 25_000_000


def find_fault(file: BinaryIO, kind: str) -> str:
    """Return the code of what is wrong with a picture of this kind (PNG or JPEG), or nothing.

    A PNG is compared with its checksums. A JPEG, which has none, is decoded at an eighth of its size.
    """
    try:
        with Image.open(file, formats=[kind]) as picture:
            width, height = picture.size
            if width * height > (MOST_PROGRESSIVE_PIXELS if picture.info.get("progressive") else MOST_PIXELS):
                return "too_many_pixels"
            if kind == "PNG":
                picture.verify()
            else:
                picture.draft(None, (max(width // 8, 1), max(height // 8, 1)))
                picture.load()
    except UnidentifiedImageError:
        return "type_not_allowed"
    except Image.DecompressionBombError:
        return "too_many_pixels"
    except (OSError, SyntaxError, ValueError):  # Pillow raises each of them for damaged pictures.
        return "damaged"
    return ""
