"""Screenshots of mails by Chromium, where this machine has it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

from PIL import Image, ImageChops

PHONE, DESKTOP = 360, 700
"""Widths in CSS pixels."""
HEIGHT = 16_000
"""Pixels of a mail that a screenshot shows at the most: what Chromium can paint in one go."""
TIMEOUT = 60
"""Seconds for the screenshots of one mail."""
MARGIN = 24
AT_ONCE = 2
VARIABLE = "CHROMIUM_BIN"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
WRAPPER = """<!DOCTYPE html><style>
body {{ margin: 0 }} iframe {{ position: absolute; top: 0; border: 0; height: {height}px }}
</style>
<iframe sandbox="allow-same-origin" src="{address}" style="left: 0; width: {phone}px"></iframe>
<iframe sandbox="allow-same-origin" src="{address}" style="left: {phone}px; width: {desktop}px"></iframe>"""


@dataclass(frozen=True, slots=True)
class Shots:
    """Screenshots by mail and width, as names of files in `shots/`; and what to say where some are missing."""

    files: Mapping[tuple[str, int], str] = field(default_factory=dict)
    note: str = ""
    height: int = HEIGHT


def find_chromium() -> str:
    """The program; "" where there is none. CHROMIUM_BIN names it, or, where that is set and empty, forbids it."""
    if VARIABLE in os.environ:
        return shutil.which(os.environ[VARIABLE]) or "" if os.environ[VARIABLE] else ""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


def take_shots(mails: Mapping[str, Path], folder: Path) -> Shots:
    """Photograph each mail (key → file) at both widths into `folder`. Never fails: the note says what is missing."""
    program = find_chromium()
    if not program:
        return Shots(
            note="There are no screenshots: Chromium was not found on the machine that made this page."
        )
    folder.mkdir()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        taken = dict(
            zip(mails, pool.map(lambda key: _shoot(program, key, mails[key], folder), mails), strict=True)
        )
    files = {(key, width): name for key, found in taken.items() for width, name in found.items()}
    failed = [key for key, found in taken.items() if not found]
    note = f"Chromium could not photograph {', '.join(failed)}." if failed else ""
    return Shots(files, note)


def _shoot(program: str, key: str, mail: Path, folder: Path) -> dict[int, str]:
    """Both widths in one go, for starting the program takes longest; cut apart afterwards."""
    with tempfile.TemporaryDirectory(prefix="mailer-shot-") as made:
        scratch = Path(made)
        wrapper, both = scratch / "both.html", scratch / "both.png"
        address = escape(mail.resolve().as_uri())
        words = WRAPPER.format(height=HEIGHT, address=address, phone=PHONE, desktop=DESKTOP)
        wrapper.write_text(words, encoding="utf-8")
        command = [program, *FLAGS, f"--window-size={PHONE + DESKTOP},{HEIGHT}", f"--screenshot={both}"]
        command += [f"--user-data-dir={scratch / 'profile'}", wrapper.as_uri()]
        if os.geteuid() == 0:
            # As root Chromium refuses to start otherwise; the mails have no scripts.
            command.insert(1, "--no-sandbox")
        if not _run(command):
            return {}
        try:
            return _cut_apart(both, key, folder)
        except (OSError, ValueError, Image.DecompressionBombError):
            return {}


def _run(command: list[str]) -> bool:
    """Whether it ended well and in time; where it does not end, it ends with all that it started."""
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603
            command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
        )
    except OSError:
        return False
    try:
        return process.wait(TIMEOUT) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _cut_apart(both: Path, key: str, folder: Path) -> dict[int, str]:
    names: dict[int, str] = {}
    with Image.open(both) as picture:
        whole = picture.convert("RGB")
    for left, width in ((0, PHONE), (PHONE, DESKTOP)):
        part = whole.crop((left, 0, left + width, whole.height))
        ground = Image.new("RGB", part.size, part.getpixel((0, part.height - 1)))
        box = ImageChops.difference(part, ground).getbbox()
        bottom = min(part.height, (box[3] if box else 0) + MARGIN)
        names[width] = f"{key}-{width}.png"
        # In 256 colours it is a third as large: pages are passed round.
        shot = part.crop((0, 0, width, bottom)).quantize(256, method=Image.Quantize.FASTOCTREE)
        shot.save(folder / names[width])
    return names
