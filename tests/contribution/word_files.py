"""Word files as people write them, made by python-docx, with pieces of XML that it has no words for."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from PIL import Image

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
NAMES = f'xmlns:w="{W}" xmlns:r="{R}"'
BY = 'w:id="9" w:author="Ann" w:date="2017-03-12T10:00:00Z"'


def photo(colour: str = "olive", kind: str = "PNG") -> BytesIO:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, kind)
    out.seek(0)
    return out


def paragraph(xml: str, properties: str = "") -> Any:
    """A paragraph of that XML, within `w:p`."""
    return parse_xml(f"<w:p {NAMES}>{properties and f'<w:pPr>{properties}</w:pPr>'}{xml}</w:p>")


def run(words: str, form: str = "") -> str:
    return f'<w:r>{form and f"<w:rPr>{form}</w:rPr>"}<w:t xml:space="preserve">{words}</w:t></w:r>'


def put_in(inner: str) -> str:
    return f"<w:ins {BY}>{inner}</w:ins>"


def taken_out(words: str) -> str:
    return f'<w:del {BY}><w:r><w:delText xml:space="preserve">{words}</w:delText></w:r></w:del>'


def saved(document: Any) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def of_paragraphs(*paragraphs: str, properties: str = "") -> bytes:
    """A document of paragraphs given as XML."""
    document = Document()
    for xml in paragraphs:
        document.element.body.insert(-1, paragraph(xml, properties))
    return saved(document)


def changed(
    content: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None
) -> bytes:
    """A document with its parts changed, and more of them."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return out.getvalue()
