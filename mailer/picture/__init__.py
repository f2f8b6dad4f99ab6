"""Pictures made ready for mail: read within bounds, upright, cut, twice as wide as shown, in sRGB, light.

`PictureStore` gives a picture file as a `Recipe` asks for it and never makes the same one twice;
`make_picture` does the making. PictureError says what is wrong with a picture, and what to do.
The same bytes and recipe give the same picture, with the same libraries. Nothing else of the file is kept:
no EXIF, no position, no colour profile, no comment.
"""

from __future__ import annotations

from mailer.picture.kinds import ENDINGS, MAX_FILE_BYTES, MAX_PIXELS, PictureError
from mailer.picture.making import Made, Recipe, make_picture
from mailer.picture.store import PictureStore

__all__ = [
    "ENDINGS",
    "MAX_FILE_BYTES",
    "MAX_PIXELS",
    "Made",
    "PictureError",
    "PictureStore",
    "Recipe",
    "make_picture",
]
