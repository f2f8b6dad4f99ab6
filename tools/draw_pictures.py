"""Draws the pictures of the sample issue: the same bytes each time with the same Pillow.

python tools/draw_pictures.py [DIR]                    all eight, 1200 by 675, into DIR
python tools/draw_pictures.py --only wild-camel [DIR]  one of them
python tools/draw_pictures.py --small [DIR]            all eight, 480 by 270
python tools/draw_pictures.py --masthead [DIR]         the mastheads of the template's themes, 1200 by 260
"""

from __future__ import annotations

import argparse
from pathlib import Path

from pictures.canvas import as_jpeg
from pictures.gallery import MASTHEADS, SCENES, drawn
from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
LARGE_DIR = ROOT / "issues/2016-12-cami/images"
SMALL_DIR = ROOT / "tests/data/issues/cami-as-received/images"
MASTHEAD_DIR = ROOT / "templates/newsletter/images"
SMALL_SIZE = (480, 270)
QUALITY, SMALL_QUALITY = 78, 57


def main() -> None:
    """Writes what the command line asks for and names each file with its size."""
    parser = argparse.ArgumentParser(description="Draw the pictures of the sample issue.")
    parser.add_argument(
        "folder", nargs="?", type=Path, help="where to write; the place in this repository if not given"
    )
    parser.add_argument("--only", metavar="NAME", choices=sorted(SCENES), help="one picture, by its name")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--small", action="store_true", help="480 by 270, as the received issue has them")
    what.add_argument("--masthead", action="store_true", help="the mastheads instead of the pictures")
    asked = parser.parse_args()
    if asked.masthead and asked.only:
        parser.error("--only names one of the pictures: leave out --masthead")
    names = list(MASTHEADS) if asked.masthead else [asked.only] if asked.only else list(SCENES)
    folder = asked.folder or (MASTHEAD_DIR if asked.masthead else SMALL_DIR if asked.small else LARGE_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        data = jpeg(name, small=asked.small)
        (folder / f"{name}.jpg").write_bytes(data)
        print(f"{folder / name}.jpg  {len(data):,} bytes")


def jpeg(name: str, *, small: bool) -> bytes:
    """The bytes of one picture's file."""
    picture = drawn(name)
    if small:
        return as_jpeg(picture.resize(SMALL_SIZE, Image.Resampling.LANCZOS), SMALL_QUALITY)
    return as_jpeg(picture, QUALITY)


if __name__ == "__main__":
    main()
