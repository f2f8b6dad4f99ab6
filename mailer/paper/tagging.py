"""What WeasyPrint leaves out of the tags of a document: languages, what links say, where headers of tables are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TAGS = {
    "div": "/Div",
    "article": "/Art",
    "section": "/Sect",
    "p": "/P",
    "a": "/Link",
    **{f"h{level}": f"/H{level}" for level in range(1, 7)},
}
"""Element → the tag that WeasyPrint gives it, one for one: of these the language can be told."""
_UNTAGGED = frozenset({"LineBox", "TextBox"})


def mend_tags(document: Any, pdf: Any) -> None:
    """Complete a document's tags before it is written."""
    boxes = [box for page in document.pages for box in _boxes(page._page_box)]
    _say_languages(boxes, pdf)
    _say_links(boxes)
    _list_ids(pdf)


def _say_languages(boxes: list[Any], pdf: Any) -> None:
    """The language of what is in another than the document (ISO 32000-1, 14.9.2; PDF/UA-1, 7.2)."""
    tagged: dict[str, list[Any]] = {tag: [] for tag in _TAGS.values()}
    for element in _elements(pdf):
        if element["S"] in tagged:
            tagged[element["S"]].append(element)
    for name, tag in _TAGS.items():
        drawn = [box for box in boxes if _tag_of(box) == name]
        if len(drawn) != len(tagged[tag]):
            continue  # better a language untold than one told of the wrong words
        for box, element in zip(drawn, tagged[tag], strict=True):
            language = box.element.get("lang") if box.element is not None else None
            if language:
                element["Lang"] = _string(language)


def _tag_of(box: Any) -> str:
    """The element that a box is tagged as; what is drawn after a link is one more link."""
    name = str(box.element_tag or "")
    return "" if type(box).__name__ in _UNTAGGED else "a" if name.startswith("a::") else name


def _say_links(boxes: list[Any]) -> None:
    """What a link is called, for those who hear it: its words, and where it leads (PDF/UA-1, 7.18.5)."""
    for box in boxes:
        annotation = getattr(box, "link_annotation", None)
        if annotation is None or box.element is None:
            continue
        words = " ".join("".join(box.element.itertext()).split())
        if words and "A" in annotation:
            annotation["Contents"] = _string(f"{words}: {box.element.get('href', '')}".removesuffix(": "))
        elif words:
            annotation["Contents"] = _string(words)


def _list_ids(pdf: Any) -> None:
    """Where an element of a name is: cells name their headers (ISO 32000-1, 14.7.2)."""
    import pydyf

    named = {element["ID"].string: element for element in _elements(pdf) if "ID" in element}
    if not named:
        return
    names = pydyf.Array()
    for name in sorted(named):
        names.extend((_string(name), named[name].reference))
    tree = pydyf.Dictionary({"Names": names})
    pdf.add_object(tree)
    _root(pdf)["IDTree"] = tree.reference


def _boxes(box: Any) -> Iterator[Any]:
    """A box and all below it, in the order in which WeasyPrint tags them."""
    box = getattr(box, "_box", box)
    if type(box).__name__ == "MarginBox":
        return
    yield box
    for child in getattr(box, "children", ()):
        yield from _boxes(child)


def _root(pdf: Any) -> Any:
    return _objects(pdf)[pdf.catalog["StructTreeRoot"]]


def _objects(pdf: Any) -> dict[bytes, Any]:
    return {each.reference: each for each in pdf.objects if hasattr(each, "reference")}


def _elements(pdf: Any) -> Iterator[Any]:
    """Every element of the tree, in reading order."""
    known = _objects(pdf)
    stack = [known[pdf.catalog["StructTreeRoot"]]]
    while stack:
        element = stack.pop()
        if "S" in element:
            yield element
        kids = element.get("K", ())
        below = [known[kid] for kid in kids if isinstance(kid, bytes) and kid in known]
        stack.extend(reversed([kid for kid in below if kid.get("Type") == "/StructElem"]))


def _string(text: str) -> Any:
    import pydyf

    return pydyf.String(text)
