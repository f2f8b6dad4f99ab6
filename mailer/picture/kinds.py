"""Which files are read as pictures, and what to say about all others: by their bytes, never by their names."""

from __future__ import annotations

import re

FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP")
"""What is opened, in Pillow's words. Not TIFF: its library has a long history of holes, and prints its troubles."""
ENDINGS = frozenset({".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp"})
READ = "JPEG, PNG, GIF, WebP or BMP"
MAX_FILE_BYTES = 25_000_000
MAX_PIXELS = 50_000_000
"""A telephone's largest photos. One such picture takes about 400 MB while it is made."""
MAX_PIXELS_OF = {"WEBP": 25_000_000}
"""Pillow's format → its own bound: the WebP decoder takes twice the memory."""
MAX_SIDE = 30_000
"""Of width and height alone: a line of millions of pixels takes as long as a picture of ten times as many."""


class PictureError(Exception):
    """A file that cannot be sent as a picture: what is wrong, to be read after its name, and what to do."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message, hint)
        self.message = message
        self.hint = hint


def damaged() -> PictureError:
    """For a picture that begins well and cannot be decoded."""
    return PictureError(
        "is damaged and cannot be shown.", "Copy it again, or open it in a picture program and save it anew."
    )


def too_little_memory() -> PictureError:
    """For a picture that this machine cannot hold."""
    return PictureError(
        "needs more memory than this machine has free.", "Make it smaller; 1200 pixels wide will do."
    )


def too_large(size: tuple[int, int] | None = None, most: int = MAX_PIXELS) -> PictureError:
    """For a picture with more pixels than are decoded; `size` where its head says it."""
    shown = f"{size[0]:,} × {size[1]:,} pixels, " if size else ""
    return PictureError(
        f"has {shown}more than {most // 1_000_000} million{'.' if size else ' pixels.'}",
        "Make it smaller; 1200 pixels wide will do.",
    )


def too_long(size: tuple[int, int]) -> PictureError:
    """For a picture that is next to nothing but width, or height."""
    return PictureError(
        f"has {size[0]:,} × {size[1]:,} pixels, more than {MAX_SIDE:,} on one side.",
        "Cut out the part to be shown; 1200 pixels wide will do.",
    )


def in_pieces() -> PictureError:
    """For a file made of so many small pieces that reading them is the work."""
    return PictureError(
        "is made of more small pieces than any picture needs.",
        "Open it in a picture program and save it anew.",
    )


def compressed_bitmap() -> PictureError:
    """For a BMP that is not simply its pixels: such are rare, and take a hundred times as long to read."""
    return PictureError("is a compressed BMP picture.", "Open it in a picture program and save it as PNG.")


def too_heavy() -> PictureError:
    """For a file with more bytes than are read."""
    return PictureError(
        f"is larger than {MAX_FILE_BYTES // 1_000_000} MB.", "Make it smaller; 1200 pixels wide will do."
    )


_AS_JPEG = "Open it on a computer, save it as JPEG, and name that file."
_AS_PNG = "Export it as PNG, 1200 pixels wide, and name that file."

_BRANDS = {
    "heic": (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"),
    "avif": (b"avif", b"avis"),
}
_HEIC = (
    "is a HEIC photo from a telephone, which mail programs do not show.",
    "Export it as JPEG: on an iPhone choose Settings, Camera, Formats, Most Compatible before taking photos, "
    "or open this one on a computer and save it as JPEG.",
)
_STRANGERS: tuple[tuple[bytes, str, str], ...] = (
    (rb"\Z", "is an empty file.", "Copy it again."),
    (rb"%PDF-", "is a PDF document, not a picture.", "Export the page as PNG or JPEG, and name that file."),
    (rb"II[*+]\0|MM\0[*+]", "is a TIFF picture, or a camera's raw file.", _AS_JPEG),
    (rb"8BPS", "is a Photoshop file.", _AS_JPEG),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "is a PostScript drawing.", _AS_PNG),
    (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", "is a JPEG 2000 picture.", _AS_JPEG),
    (rb"\xff\x0a|\x00\x00\x00\x0cJXL ", "is a JPEG XL picture.", _AS_JPEG),
    (rb"\x00\x00[\x01\x02]\x00", "is an icon file.", _AS_PNG),
    (rb"PK\x03\x04", "is an Office document or a ZIP archive.", "Save the picture in it by itself."),
    (rb"version https://git-lfs", "is a placeholder of Git LFS, not the picture.", "Run `git lfs pull`."),
    (rb"....ftyp", "is a video.", "Save one of its frames as JPEG, and name that file."),
)
_MARKUP = {
    b"html": (
        "is a web page, not a picture.",
        "Save the picture itself: the address led to a page around it.",
    ),
    b"svg": ("is an SVG drawing, which mail programs do not show.", _AS_PNG),
}
_BEFORE_MARKUP = re.compile(rb"\s+|<!--.*?-->|<\?[^>]*>", re.DOTALL)
"""One of the things that may stand before the first tag. Never several at once: that way lie endless attempts."""
_TAG = re.compile(rb"<(?:!doctype\s+)?(?:svg:)?(html|svg)\b", re.IGNORECASE)


def stranger(content: bytes) -> PictureError:
    """Why bytes that none of our decoders knows are no picture for a mail."""
    head = content[:4096].removeprefix(b"\xef\xbb\xbf")
    if head[4:8] == b"ftyp":
        brands = {head[place : place + 4] for place in range(8, min(len(head), 64), 4)}
        if brands & set(_BRANDS["avif"]):
            return PictureError("is an AVIF picture, which many mail programs do not show.", _AS_JPEG)
        if brands & set(_BRANDS["heic"]):
            return PictureError(*_HEIC)
    for pattern, message, hint in _STRANGERS:
        if re.match(pattern, head, re.DOTALL):
            return PictureError(message, hint)
    if tag := _first_tag(head):
        return PictureError(*_MARKUP[tag])
    return PictureError(f"is not a {READ} picture.", "Save it as JPEG or PNG; renaming is not enough.")


def _first_tag(head: bytes) -> bytes:
    """Whether markup begins with html or svg, as a tag or a doctype; looks at each byte once."""
    place = 0
    while found := _BEFORE_MARKUP.match(head, place):
        place = found.end()
    tag = _TAG.match(head, place)
    return tag[1].lower() if tag else b""
