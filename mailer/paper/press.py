"""The program that makes one PDF: html and pictures come in, the document goes out, and then it ends.

It stands alone so that a document without end can be ended, with all the memory that it has taken.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from math import ceil
from typing import Any

from mailer.paper.printing import SCHEME
from mailer.paper.tagging import mend_tags

_SPARE = 5
"""Seconds by which the processor's bound is later than the clock's: it only counts where nobody waits any more."""


class _RefusedError(Exception):
    def __init__(self, trouble: str, detail: str = "") -> None:
        super().__init__(trouble, detail)
        self.said = {"trouble": trouble, "detail": detail}


def main() -> int:
    """Read an order from standard input and answer it on standard output; 1 where it was refused."""
    order = json.loads(sys.stdin.buffer.readline())
    _bound(order)
    html = sys.stdin.buffer.read(order["html"]).decode()
    pictures = {f"{SCHEME}{name}": sys.stdin.buffer.read(size) for name, size in order["pictures"]}
    content = b""
    try:
        with _undrawn() as signs:
            content, pages = _pressed(html, pictures, bytes.fromhex(order["identifier"]), order["pages"])
        said: dict[str, Any] = {"pages": pages, "undrawn": "".join(map(chr, sorted(signs)))}
    except _RefusedError as error:
        said = error.said | {"most": order["pages"]}
    except MemoryError:
        said = {"trouble": "memory"}
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + content)
    sys.stdout.buffer.flush()
    return 0 if content else 1


@contextmanager
def _undrawn() -> Iterator[set[int]]:
    """The code points that no font has: WeasyPrint tells of each in its log, and draws an empty box."""
    signs: set[int] = set()

    class Heard(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told = record.args if isinstance(record.args, tuple) else ()
            if str(record.msg).startswith(".notdef glyph") and isinstance(told[-1], int):
                signs.add(told[-1])

    handler, log = Heard(), logging.getLogger("weasyprint")
    log.addHandler(handler)
    try:
        yield signs
    finally:
        log.removeHandler(handler)


def _bound(order: Mapping[str, Any]) -> None:
    """So much memory and processor time and no more, also where whoever waited for it is gone."""
    for kind, most in (
        (resource.RLIMIT_AS, int(order["memory"])),
        (resource.RLIMIT_CPU, ceil(order["seconds"]) + _SPARE),
    ):
        with suppress(ValueError, OSError):  # lower bounds than ours stand already, or there are none here
            resource.setrlimit(kind, (most, most))


def _pressed(html: str, pictures: Mapping[str, bytes], identifier: bytes, most: int) -> tuple[bytes, int]:
    try:
        import weasyprint
        from weasyprint.urls import URLFetcher, URLFetcherResponse
    except ModuleNotFoundError as error:
        raise _RefusedError("module", str(error)) from error
    except OSError as error:
        raise _RefusedError("library", str(error).partition("\n")[0].rstrip(".")) from error
    refused: list[str] = []

    class Ours(URLFetcher):  # type: ignore[misc]
        """Gives our own pictures by their names, and nothing else."""

        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002
            if url not in pictures:
                refused.append(url)
                raise ValueError("nothing is loaded from elsewhere")
            return URLFetcherResponse(url, pictures[url])

    source = weasyprint.HTML(string=html, url_fetcher=Ours(), base_url=None)
    options = {"pdf_variant": "pdf/ua-1", "pdf_tags": True, "pdf_identifier": identifier}
    document = source.render(**options)
    if len(document.pages) > most:
        raise _RefusedError("pages", str(len(document.pages)))
    content = document.write_pdf(finisher=mend_tags, **options)
    if refused:
        raise _RefusedError("loaded", refused[0][:200])
    return content, len(document.pages)


if __name__ == "__main__":
    sys.exit(main())
