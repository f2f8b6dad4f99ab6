"""What no letter may do, whoever wrote its template: run something, load something, or lead to what is no address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import lxml.html
from lxml import etree
from lxml.html import HtmlComment

from mailer.render.mjml import MarkupError

REFUSED = frozenset(
    "script iframe frame frameset object embed applet audio video source track bgsound portal base link "
    "form input button select option optgroup datalist textarea fieldset output keygen "
    "svg math template slot noscript noembed noframes xmp plaintext".split()
)
"""Elements that run, load, ask or hide something, or that programs do not read alike."""
META = frozenset({"content-type", "x-ua-compatible"})
"""The only orders that a meta element may give."""
LOADING = frozenset(
    "src srcset background poster data lowsrc dynsrc imagesrcset ping action formaction srcdoc manifest codebase "
    "archive classid longdesc".split()
)
"""Attributes whose address is fetched, or told, without the reader asking for it."""
ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][\w:.-]*")
ADDRESS = re.compile(r"https?://[^/\s]|mailto:|tel:|#|$", re.IGNORECASE)
"""What a link may begin with; a personal address begins with https too."""
NEARBY = re.compile(r"(?!//)[\w./-]+(#[\w-]*)?")
"""An address within the same site."""
FETCHING = re.compile(
    r"(?P<url>(?<![\w-])url)\(\s*(?P<address>\"[^\"]*\"|'[^']*'|[^)]*)"
    r"|@(?P<rule>import|font-face)"
    r"|(?P<other>(?<![\w-])(?:-\w+-)?(?:image-set|cross-fade|element|src|image|expression)\()"
    r"|(?P<old>(?<![\w-])behavior\s*:|-moz-binding)",
    re.IGNORECASE,
)
CSS_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
CONDITIONAL = re.compile(r"\s*\[if[^\]]*\]>", re.IGNORECASE)
UNKNOWN = re.compile(r"<!--.*?-->|<(?P<name>mj-[\w-]+)", re.DOTALL)
NO_ALT = re.compile(r"<img\b(?![^>]*\balt=)")
TAG = re.compile(r"""<(?P<name>[A-Za-z][^\s/>]*)(?P<rest>(?:[^<>"']|"[^"]*"|'[^']*')*)""")


@dataclass(frozen=True, slots=True)
class Danger:
    """Something that a letter must not have: in words, and as it is likely to stand in a template."""

    words: str
    sign: str


def refuse_dangers(html: str, hosted: str = "") -> None:
    """MarkupError where a page has what no letter may have, or what its template has left undone."""
    name = next((match["name"] for match in UNKNOWN.finditer(html) if match["name"]), "")
    if name:
        message = f"<{name}> is no element of MJML, or cannot stand there"
        raise MarkupError(
            message, "See that it is spelt rightly and stands where MJML wants it.", (f"<{name}",)
        )
    found = dangers(html, hosted)
    if found:
        raise MarkupError(
            f"no letter may have {', nor '.join(danger.words for danger in found)}",
            "A letter runs nothing and loads nothing from elsewhere; links lead to https:, mailto:, tel: or #.",
            tuple(danger.sign for danger in found),
        )
    if NO_ALT.search(html):
        raise MarkupError("a picture has no alt attribute", 'Say what it shows, or write alt="".', ("<img",))


def dangers(html: str, hosted: str = "") -> list[Danger]:
    """All that is dangerous in a page, each once. `hosted` is the address under which its own pictures are.

    Comments for Outlook count as well: it reads them.
    """
    found: list[Danger] = []
    for node in lxml.html.document_fromstring(html).getroottree().iter():
        if node.tag is etree.Comment:  # type: ignore[comparison-overlap]
            found += _in_comment(node.text or "", hosted)
        elif node.tag is etree.ProcessingInstruction:  # type: ignore[comparison-overlap]
            found.append(Danger("<?…>", "<?"))
        elif isinstance(node.tag, str):
            found += _in_element(node.tag, tuple(node.items()), hosted)
            if node.tag == "style":
                found += _in_css(node.text or "", hosted)
    return list(dict.fromkeys(found))


def page_dangers(html: str, hosted: str) -> list[Danger]:
    """The same for a page of a web site: its links may lead to others of its files, and name its other languages."""
    found: list[Danger] = []
    for node in lxml.html.document_fromstring(html).getroottree().iter():
        if isinstance(node, HtmlComment):
            continue
        pairs = [(str(name), str(value)) for name, value in node.items()]
        own = [(name, value) for name, value in pairs if name != "href" or not NEARBY.fullmatch(value)]
        tag = str(node.tag)
        related = tag == "link" and node.get("rel") in ("alternate", "index") and own != pairs
        found += _in_element("a" if related else tag, tuple(own), hosted)
        if tag == "style":
            found += _in_css(node.text or "", hosted)
    return list({danger.words: danger for danger in found}.values())


@lru_cache(maxsize=1024)
def _in_comment(text: str, hosted: str) -> tuple[Danger, ...]:
    return tuple(_commented(text, hosted))


def _commented(text: str, hosted: str) -> Iterator[Danger]:
    if text.startswith((">", "->")) or "--!>" in text:
        yield Danger("a comment that mail programs end earlier than it seems", "<!--")
    if not CONDITIONAL.match(text):
        return
    for tag in TAG.finditer(text):
        name = tag["name"].lower()
        if text[tag.end() : tag.end() + 1] != ">":
            yield Danger(f"a broken <{name}> in a comment for Outlook", f"<{name}")
        if name == "style":
            yield from _in_css(text[tag.end() :].partition("</style")[0], hosted)
        if name != "noscript":  # Outlook's own settings stand in one
            yield from _in_element(name, _attributes(tag["rest"].rstrip("/ \n")), hosted)


def _attributes(inside: str) -> tuple[tuple[str, str], ...]:
    """The attributes of a tag, read as those of any other."""
    element = lxml.html.fragment_fromstring(f"<p {inside}></p>")
    return tuple((str(name), str(value)) for name, value in element.items())


@lru_cache(maxsize=4096)
def _in_element(element: str, attributes: tuple[tuple[str, str], ...], hosted: str) -> tuple[Danger, ...]:
    return tuple(_said(element.lower(), attributes, hosted))


def _said(element: str, attributes: Iterable[tuple[str, str]], hosted: str) -> Iterator[Danger]:
    if element in REFUSED:
        yield Danger(f"<{element}>", f"<{element}")
    for name, value in ((name.lower(), value) for name, value in attributes):
        if name.startswith("on") or not ATTRIBUTE_NAME.fullmatch(name):
            yield Danger(f"`{name}` of <{element}>", name)
        elif name == "http-equiv" and value.strip().lower() not in META:
            yield Danger(f"<{element} {name}>", name)
        elif name in LOADING or name.endswith(":href"):
            addresses = [one.split()[0] for one in value.split(",") if one.strip()]
            for address in addresses if name.endswith("srcset") else [value]:
                yield from _loaded(address, hosted, f"`{name}` of <{element}>")
        elif name == "href" and not ADDRESS.match(value.strip()):
            yield Danger(f'a link to "{_short(value)}"', value.strip())
        elif name == "style":
            yield from _in_css(value, hosted)


@lru_cache(maxsize=1024)
def _in_css(css: str, hosted: str) -> tuple[Danger, ...]:
    return tuple(_fetched(CSS_ESCAPE.sub(_unescaped, CSS_COMMENT.sub("", css)), hosted))


def _fetched(plain: str, hosted: str) -> Iterator[Danger]:
    for match in FETCHING.finditer(plain):
        if match["url"]:
            yield from _loaded(match["address"].strip().strip("\"'"), hosted, "url(…) in a style")
        elif match["rule"]:
            yield Danger(f"@{match['rule'].lower()} in a style", f"@{match['rule']}")
        else:
            words = (match["other"] or match["old"]).strip("( :")
            yield Danger(f"`{words}` in a style", words)


def _unescaped(match: re.Match[str]) -> str:
    if match[1] is None:
        return match[2]
    number = int(match[1], 16)
    return chr(number) if 0 < number < 0x110000 and not 0xD800 <= number < 0xE000 else ""  # noqa: PLR2004


def _loaded(address: str, hosted: str, where: str) -> Iterator[Danger]:
    """The address, unless it is of a picture in the message or of one that we host."""
    address = address.strip()
    prefix = f"{hosted.rstrip('/')}/pictures/"
    own = re.escape(prefix) + r"[\w.-]+|" if hosted else ""
    if not re.fullmatch(rf"(?:{own}cid:[^\s\"'<>]+)", address):
        yield Danger(f'{where}: "{_short(address)}"', address)


def _short(address: str) -> str:
    return address if len(address) <= 60 else f"{address[:59]}…"  # noqa: PLR2004
