"""A plain Word document made of prepared paragraphs and tables, handed to mammoth, and its html."""

from __future__ import annotations

import re
from collections.abc import Iterable
from io import BytesIO
from typing import Any
from xml.sax.saxutils import quoteattr
from zipfile import ZIP_DEFLATED, ZipFile

import mammoth
from lxml import etree, html

from mailer.contribution.word_file import NAMESPACES, tag
from mailer.contribution.word_found import LINK, runs_of, text_run

CUT, NUMBERED, NUMBER_END = "\ufde0\ufde1\ufde2"
"""Our signs in the text that mammoth carries along: between pieces; around the number of an item of a list."""
DEEPEST = 4
_STYLES = "\n".join(f"p.Heading{level} => h{level}:fresh" for level in range(1, 7))
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/></Types>'
)
_RELATION = (
    '<Relationship Id="{}" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" {}/>'
)
_RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)
_ITEM = re.compile(f"{NUMBERED}(\\d+){NUMBER_END}")


def prepared(block: Any, *, heading: int = 0, item: tuple[str, int, int] | None = None) -> Any:
    """A paragraph with nothing but its runs; as a heading of that level, or an item: form, number, depth."""
    if block.tag != tag("w:p"):
        return block
    runs = [run for run in runs_of(block) if len(run)]
    plain = etree.Element(tag("w:p"))
    properties = etree.SubElement(plain, tag("w:pPr"))
    if heading:
        etree.SubElement(properties, tag("w:pStyle")).set(tag("w:val"), f"Heading{min(heading, 6)}")
    if item:
        form, number, depth = item
        listed = etree.SubElement(properties, tag("w:numPr"))
        etree.SubElement(listed, tag("w:ilvl")).set(tag("w:val"), str(depth))
        etree.SubElement(listed, tag("w:numId")).set(tag("w:val"), "1" if form == "bullet" else "2")
        if form != "bullet":
            plain.append(text_run(f"{NUMBERED}{number}{NUMBER_END}"))
    plain.extend(runs)
    return plain


def html_of(pieces: Iterable[Iterable[Any]]) -> list[str]:
    """The html of each piece, given as prepared blocks. RecursionError where tables lie in each other too deep."""
    body = etree.Element(tag("w:body"), nsmap={"w": NAMESPACES["w"], "r": NAMESPACES["r"]})
    for blocks in pieces:
        body.extend(blocks)
        paragraph = etree.SubElement(body, tag("w:p"))
        paragraph.append(text_run(CUT))
    links = _with_links(body)
    document = etree.Element(tag("w:document"), nsmap=body.nsmap)
    document.append(body)
    result = mammoth.convert_to_html(
        BytesIO(_packed(document, links)),
        style_map=_STYLES,
        include_embedded_style_map=False,
        external_file_access=False,
    )
    return [_counted(part) for part in str(result.value).split(f"<p>{CUT}</p>")[:-1]]


def _with_links(body: Any) -> dict[str, str]:
    """Runs that lead somewhere, each within an element that says so by the id that is returned with it."""
    ids: dict[str, str] = {}
    for run in list(runs_of(body)):
        if to := run.get(LINK):
            ids.setdefault(to, f"link{len(ids)}")
            around = etree.Element(tag("w:hyperlink"))
            around.set(tag("r:id"), ids[to])
            run.getparent().replace(run, around)
            around.append(run)
    return {relation: to for to, relation in ids.items()}


def _packed(document: Any, links: dict[str, str]) -> bytes:
    relations = [
        _RELATION.format(name, "hyperlink", f'Target={quoteattr(to)} TargetMode="External"')
        for name, to in links.items()
    ]
    relations.append(_RELATION.format("numbering", "numbering", 'Target="numbering.xml"'))
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS.format(
            _RELATION.format("main", "officeDocument", 'Target="word/document.xml"')
        ),
        "word/_rels/document.xml.rels": _RELATIONS.format("".join(relations)),
        "word/numbering.xml": _numbering(),
        "word/document.xml": etree.tostring(document, encoding="utf-8", xml_declaration=True),
    }
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return out.getvalue()


def _numbering() -> str:
    lists = "".join(
        f'<w:abstractNum w:abstractNumId="{number}">'
        + "".join(f'<w:lvl w:ilvl="{level}"><w:numFmt w:val="{form}"/></w:lvl>' for level in range(9))
        + "</w:abstractNum>"
        for number, form in ((1, "bullet"), (2, "decimal"))
    )
    uses = "".join(f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>' for n in (1, 2))
    return f'<w:numbering xmlns:w="{NAMESPACES["w"]}">{lists}{uses}</w:numbering>'


def _counted(source: str) -> str:
    """The html with lists that begin with the number they have in Word, and a new one where the count breaks off."""
    if NUMBERED not in source:
        return source
    root: Any = html.fragment_fromstring(source, create_parent="div")
    for ordered in list(root.iter("ol")):
        around = ordered
        expected = 0
        for item in list(ordered):
            number = _number(item)
            if number and number != expected:
                if item.getprevious() is None:
                    around.set("start", str(number))
                else:
                    after = etree.Element("ol", start=str(number))
                    after.extend([item, *item.itersiblings()])
                    around.addnext(after)
                    around = after
            elif item.getparent() is not around:
                around.append(item)
            expected = (number or expected) + 1
    written = html.tostring(root, encoding="unicode")
    return _ITEM.sub("", written)


def _number(item: Any) -> int:
    found = _ITEM.match(item.text_content())
    return int(found[1]) if found else 0
