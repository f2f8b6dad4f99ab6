"""Translations out to people who do not see YAML, and back: as a Word table or as XLIFF 2.

`pieces_of` cuts an issue into pieces; `translation_docx` and `translation_xliff` make the files; `read_returned`
tells what came back, `match` what of it may go in, and `overlay_with` the translation's file with it.
"""

from mailer.content.exchange.comparing import Candidate, Matched, finding, match
from mailer.content.exchange.docx_form import Cover, translation_docx
from mailer.content.exchange.docx_reading import read_docx
from mailer.content.exchange.opening import MAX_FILE, form_of
from mailer.content.exchange.overlay_file import Coming, overlay_with
from mailer.content.exchange.pieces import HEAD, Mark, Piece, as_sent, is_optional, pieces_of
from mailer.content.exchange.returned import Form, Returned, Row, Trouble
from mailer.content.exchange.xliff_form import read_xliff, translation_xliff


def read_returned(content: bytes, name: str) -> Returned:
    """What a file that came back says. ProblemsError, with what to do, where it is none that can be read."""
    return read_docx(content, name) if form_of(content, name) == "docx" else read_xliff(content, name)


__all__ = [
    "HEAD",
    "MAX_FILE",
    "Candidate",
    "Coming",
    "Cover",
    "Form",
    "Mark",
    "Matched",
    "Piece",
    "Returned",
    "Row",
    "Trouble",
    "as_sent",
    "finding",
    "form_of",
    "is_optional",
    "match",
    "overlay_with",
    "pieces_of",
    "read_returned",
    "translation_docx",
    "translation_xliff",
]
