"""What a finished HTML is built of: tables of data, ids, languages, and elements that no mail may have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from mailer.check.rule import STOP, WARN
from mailer.check.tree import Element, holds_data, own, owner, tree
from mailer.check.versions import Trouble, page_rule
from mailer.model.finding import Severity

FORBIDDEN = frozenset("script form iframe frame object embed applet base".split())
"""Elements that run, load or ask for something: mail programs take them out, and filters take offence."""
LAYOUT = frozenset({"presentation", "none"})
WIDEST = 1000
"""Columns that a cell may span (HTML section 4.9.11)."""
SHOWN = 50
MOST = 5
"""Findings of a kind in one page; more of them have the same cause."""

_RUNS = re.compile(r"[\s\"'/]on[a-z]{2,30}\s{0,9}=", re.IGNORECASE)
_VML = re.compile(r"<v:(image|rect|roundrect|shape|oval)\b([^<>]{0,2000})>", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s*=\s*["'][^"']""", re.IGNORECASE)
_LINKS = re.compile(r"\bhref\s*=", re.IGNORECASE)
_SPOKEN = re.compile(r"<(?:h[1-6]|a)\b", re.IGNORECASE)


def _headless(page: str) -> Iterator[Trouble]:
    """A table of data whose cells nobody can place by ear."""
    for table in _tables(page):
        cells = list(own(table, "td", "th"))
        bare = [cell for cell in cells if cell.tag == "th" and not (cell.get("scope") or cell.get("id"))]
        if not any(cell.tag == "th" for cell in cells):
            severity, says = Severity.STOP, "without a single head (th)"
        elif bare:
            severity, says = Severity.WARN, f"with {len(bare)} heads (th) that have no scope"
        else:
            continue
        yield _trouble(page, table, f"has a table of data {says}", severity)


def _uneven(page: str) -> Iterator[Trouble]:
    """A table of data with rows of different lengths."""
    for table in _tables(page):
        rows = [list(row.iterchildren("td", "th")) for row in own(table, "tr")]
        if len(lengths := set(_lengths([row for row in rows if row]))) > 1:
            says = f"has a table of data with rows of {min(lengths)} and of {max(lengths)} cells"
            yield _trouble(page, table, says)


def _same_ids(page: str) -> Iterator[Trouble]:
    """An id that two elements have, so that a link to it leads to the first only."""
    root = tree(page)
    counts = Counter(() if root is None else (str(name) for name in root.xpath("//@id")))
    for name in [name for name, count in counts.items() if count > 1][:MOST]:
        yield Trouble(f'has {counts[name]} elements with the id "{name[:SHOWN]}"', words=name)


def _running(page: str) -> Iterator[Trouble]:
    """An element or attribute that no mail may have."""
    root = tree(page)
    if root is None:
        return
    for element in root.iter(*FORBIDDEN):
        yield Trouble(f"has <{element.tag!s}>, which no mail may have", owner(page, element))
    for element in root.iter("*") if _RUNS.search(page) else ():
        for name in map(str, element.keys()):
            if name.lower().startswith("on"):
                yield Trouble(f"has the attribute {name[:SHOWN]}, which runs a script", owner(page, element))


def _tongueless(page: str) -> Iterator[Trouble]:
    """HTML whose language is lost where a web mail takes its html element away."""
    root = tree(page)
    body = None if root is None else root.find("body")
    if body is None:
        return
    wrapped = [element for element in body.iterchildren("*") if (element.text_content() or "").strip()]
    main = max(wrapped, key=lambda element: len(element.text_content()), default=None)
    if main is None:
        return
    lacks = [name for name in ("lang", "dir") if not (main.get(name) or "").strip()]
    if lacks:
        yield Trouble(f"has no {' and no '.join(lacks)} on the element that holds all within body")


def _drawn(page: str) -> Iterator[Trouble]:
    """Drawings for Outlook that say nothing, or hold links and headings that are not read out there."""
    shapes = [(found[1].lower(), found[2]) for found in _VML.finditer(page)] if "<v:" in page else []
    for name in dict.fromkeys(name for name, inside in shapes if not _ALT.search(inside)):
        yield Trouble(f"has a <v:{name}> for Outlook without alt")
    for name in dict.fromkeys(name for name, inside in shapes if _LINKS.search(inside)):
        yield Trouble(f"has a link on a <v:{name}> for Outlook")
    for part in page.split("<v:textbox")[1:]:
        if found := _SPOKEN.search(part.partition("</v:textbox")[0]):
            yield Trouble(f"has {found[0]}> within a <v:textbox> for Outlook")


def _trouble(page: str, table: Element, says: str, severity: Severity | None = None) -> Trouble:
    words = " ".join(str(table.text_content())[:400].split())[:SHOWN]
    return Trouble(f'{says} ("{words}")', owner(page, table), words, severity)


def _tables(page: str) -> Iterator[Element]:
    """The tables of data: those with heads or a caption of their own, or the role of one."""
    root = tree(page)
    for table in [] if root is None else root.iter("table"):
        is_layout = (table.get("role") or "").strip().lower() in LAYOUT
        if not is_layout and (table.get("role") == "table" or holds_data(table)):
            yield table


def _lengths(rows: list[list[Element]]) -> Iterator[int]:
    """How many columns each row fills, what reaches down from rows above included."""
    reaching: list[tuple[int, int]] = []
    for row in rows:
        above = sum(columns for columns, _ in reaching)
        yield above + sum(_span(cell, "colspan") for cell in row)
        spans = [(_span(cell, "colspan"), _span(cell, "rowspan")) for cell in row]
        reaching = [(columns, left - 1) for columns, left in reaching + spans if left > 1]


def _span(cell: Element, name: str) -> int:
    value = (cell.get(name) or "").strip()
    return max(1, min(int(value), WIDEST)) if value.isdecimal() and len(value) < MOST else 1


RULES = (
    page_rule(
        "html.forbidden",
        "`script`, `form`, `iframe`, `object`, `embed`, `on…`",
        STOP,
        "what mail programs take out",
        _running,
        hint="Take it out of the template; link to a page on the web that has it.",
        can_be_waived=False,
    ),
    page_rule(
        "html.same-id",
        "An id that two elements have",
        STOP,
        "HTML section 3.2.6",
        _same_ids,
        hint="Give each an id of its own in the template.",
    ),
    page_rule(
        "a11y.language-within",
        "No lang or dir on a wrapper within body",
        STOP,
        "WCAG 3.1.1; web mail",
        _tongueless,
        hint="Web mail takes html and body away; put both on a wrapper too, as mjml lang= and dir= do.",
    ),
    page_rule(
        "a11y.table-head",
        "A table of data without heads, or heads without scope",
        (Severity.STOP, Severity.WARN),
        "WCAG 1.3.1",
        _headless,
        hint='Write the first row as heads; in a template, <th scope="col">.',
    ),
    page_rule(
        "a11y.table-ragged",
        "A table of data with rows of different lengths",
        WARN,
        "WCAG 1.3.1",
        _uneven,
        hint="Write an empty cell where there is nothing to say.",
    ),
    page_rule(
        "a11y.vml",
        "Drawings for Outlook without alt, or with links or headings",
        WARN,
        "Outlook",
        _drawn,
        hint="Screen readers pass over what is drawn so: give it alt, and put links and headings outside.",
        is_strict=True,
    ),
)
