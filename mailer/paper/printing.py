"""Handing html over to the program that makes the PDF, and what to say where it cannot."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from mailer.errors import MailerError

SCHEME = "cid:"
"""Before the name of a picture where html names it, as in a mail (RFC 2392)."""
MOST_SECONDS = 600.0
MOST_MEMORY = 3_000_000_000
"""Bytes that the program may take: what needs more is no newsletter."""
MOST_PAGES = 500

INSTALL = "Install it with `pip install saiga-mailer[pdf]`."
LIBRARIES = "On Debian and Ubuntu: `apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`."
SHORTER = "Print fewer items: `archive: no` keeps one out; cut a very long one into several."

FIND_IT = "See which item it is: keep one after the other out with `archive: no`."

_PASSED = frozenset(
    "PATH HOME LANG LC_ALL LC_CTYPE TMPDIR XDG_CACHE_HOME XDG_CONFIG_HOME XDG_DATA_HOME XDG_DATA_DIRS "
    "FONTCONFIG_FILE FONTCONFIG_PATH FONTCONFIG_SYSROOT LD_LIBRARY_PATH DYLD_LIBRARY_PATH "
    "DYLD_FALLBACK_LIBRARY_PATH VIRTUAL_ENV PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE".split()
)
"""What the program sees of the environment: no secrets."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document as it can be printed."""

    content: bytes
    """application/pdf"""
    pages: int
    undrawn: str = ""
    """The signs that no font of this machine has, each once: they are printed as empty boxes."""


def missing() -> MailerError | None:
    """What keeps this machine from printing as far as can be told without trying, and the command that helps."""
    return None if _is_there("weasyprint") else _no_weasyprint()


def pdf_of(
    html: str,
    pictures: Mapping[str, bytes],
    *,
    identifier: bytes,
    seconds: float = MOST_SECONDS,
    memory: int = MOST_MEMORY,
    pages: int = MOST_PAGES,
) -> Paper:
    """The html as a tagged PDF (written for PDF/UA-1); pictures are those that it names as `cid:NAME`.

    `identifier` is the file's /ID: the same for the same document. Title, language, author and day are those of the
    html's head. MailerError where WeasyPrint or Pango is missing, where the html names anything else to be loaded,
    and where the document needs more than `seconds`, `memory` bytes or `pages`.
    """
    trouble = missing()
    if trouble is not None:
        raise trouble
    names = sorted(pictures)
    order = {
        "html": len(html.encode()),
        "pictures": [[name, len(pictures[name])] for name in names],
        "identifier": identifier.hex(),
        "seconds": seconds,
        "memory": memory,
        "pages": pages,
    }
    head = json.dumps(order).encode() + b"\n"
    answer, log = _run(b"".join((head, html.encode(), *(pictures[name] for name in names))), seconds)
    said, _, content = answer.partition(b"\n")
    told = _told(said)
    if "pages" in told and content.startswith(b"%PDF-"):
        return Paper(content, int(told["pages"]), str(told.get("undrawn", "")))
    raise _refused(told, log)


def _run(order: bytes, seconds: float) -> tuple[bytes, str]:
    # -P: what lies in the folder that somebody happens to be in is no part of the program.
    command = [sys.executable, "-P", "-m", "mailer.paper.press"]
    try:
        done = subprocess.run(  # noqa: S603 - this program itself
            command, input=order, capture_output=True, timeout=seconds, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired as error:
        raise _too_long(seconds) from error
    except OSError as error:
        message = f"No program could be started to print: {error.strerror}."
        raise MailerError(message, "Free some memory, and try again.") from error
    return done.stdout, done.stderr.decode(errors="replace")


def _environment() -> dict[str, str]:
    passed = {name: value for name, value in os.environ.items() if name in _PASSED}
    # Some font libraries write the time of making into a font, but for this.
    return passed | {"SOURCE_DATE_EPOCH": "0", "PYTHONHASHSEED": "0", "PYTHONIOENCODING": "utf-8"}


def _told(line: bytes) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _refused(told: Mapping[str, Any], log: str) -> MailerError:
    match told.get("trouble"):
        case "module":
            return _no_weasyprint()
        case "library":
            message = f"A library that draws text for printing is missing: {told.get('detail', '')}."
            return MailerError(message, LIBRARIES)
        case "loaded":
            message = (
                f"The print template asks for {told.get('detail', '')}: nothing is loaded from elsewhere."
            )
            return MailerError(message, "Take that address out of web/print.html.j2 or web/print.css.j2.")
        case "pages":
            message = f"The document has {told.get('detail', '')} pages; {told.get('most', '')} is the most."
            return MailerError(message, SHORTER)
        case "memory":
            return MailerError("The document needs more memory than is given to printing.", SHORTER)
        case _:
            last = log.strip().splitlines()[-1][:200] if log.strip() else "it ended without a word"
            return MailerError(f"The document could not be printed ({last}).", FIND_IT)


def _too_long(seconds: float) -> MailerError:
    return MailerError(
        f"The document took longer than {seconds:,.0f} seconds to print and was given up.", SHORTER
    )


def _no_weasyprint() -> MailerError:
    return MailerError("WeasyPrint, which makes PDF files, is not installed.", f"{INSTALL} {LIBRARIES}")


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except (ImportError, ValueError):
        return False
