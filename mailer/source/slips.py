"""Slips of typing and copying, each with its place in a text and the words that are right: rules tell of them, and
`mailer check --fix` mends those that are certain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from mailer.source.literal import BLANK, blanked, code_spans, literal_spans, prose_of

TORN_WORDS = frozenset(
    """
    affair affairs affect affected affects affiliated affiliation affirm affirmed afflicted afford
    afforestation artificial baffle beneficial beneficiaries beneficiary benefit benefited benefiting
    benefits briefing buffer buffers butterfly certificate certificates certification certified
    clarification clarified classification classified cliffs coefficient coffee confidence confident
    confidential configuration configured confine confined confirm confirmation confirmed confirms
    conflict conflicting conflicts confluence deficit define defined definite definition definitions
    deflect differ difference differences different differently difficult difficulties difficulty
    diversification diversified dragonfly effect effected effective effectively effectiveness effects
    efficiency efficient efficiently effluent effort efforts fiction field fields fieldwork fierce fifteen
    fifth fifty fight fighting figure figures file filed files fill filled film films final finalise
    finalised finalize finalized finally finance financed finances financial financially financing find
    finding findings finds fine finish finished fire firearm firearms fires firewood firm firmly first
    firstly fiscal fish fisheries fishery fishing fit fitted fitting five fix fixed flag flagged flagship
    flagships flat fled fleet flew flexibility flexible flies flight flights float flock flocks flood
    flooding floods floor flora flourish flow flower flowers flows fluctuation fluctuations fluid flux fly
    flying flyway flyways gasification identification identified identifies inefficient infinite inflation
    inflict inflow influence influenced influences influential influx insufficient justification justified
    leaflet leaflets magnificent modification modifications modified notification notifications notified
    offer offered offering offers office officer officers offices official officially officials outflow
    overflow pacific proficiency profile profiles profit profits prolific qualification qualifications
    qualified ratification ratifications ratified reaffirm reaffirmed refine refined reflect reflected
    reflecting reflection reflects sacrifice scientific scientifically significance significant
    significantly simplified specific specifically specification specifications specified staffing suffer
    suffered suffering suffers sufficient sufficiently superficial terrific traffic trafficked trafficking
    unified verification verified workflow
    """.split()
)
"""Words that break after fi, fl, ff, ffi or ffl when the ligature sign of a PDF is lost."""

WHOLE_WORDS = frozenset("off staff cliff cliffs stuff tariff sheriff bluff buff puff cuff wifi scifi".split())
"""Words that end in such a pair by themselves."""

_TORN = re.compile(r"(?<![\w-])([^\W\d_]{0,20}(?:ff|fi|fl)) ([^\W\d_]{1,20})\b")
_TORN_TWICE = re.compile(r"(?<![\w-])([^\W\d_]{1,20}) (ffi|ffl|ff|fi|fl) ([^\W\d_]{1,20})\b")
_OWN_WORDS = frozenset("in out over under".split())
"""Words that stand before others, and in front of them: "changes in fl ow" is no inflow."""
_LIGATURE = re.compile(r"[\ufb00-\ufb06]")
_LIGATURES = dict(
    zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", "ff fi fl ffi ffl st st".split(), strict=True)
)
_WIDE_GAP = re.compile(r"(?<=\S)(?<![|])(?<! ) {2,}(?=[^\s|])")
_LINE_MARKS = re.compile(r"[ \t]{0,12}(?:(?:[-*+>]|#{1,6}|\d{1,9}[.)])[ \t]{0,12}){1,6}")
_SOFT_HYPHEN = re.compile("\u00ad{1,9}")
_LINE_END = re.compile(r"(?<![ \t])[ \t]+(?=\n|\Z)")
_SPACED_MAILTO = re.compile(
    r"(?:\]\(|\]:|<)[ \t]{0,9}<?mailto:((?:[ \t]|%20){1,40})(?=[^\s<>()%])", re.IGNORECASE
)
_SPACED_FIELD = re.compile(r"\s{0,40}mailto:((?:[ \t]|%20){1,40})(?=[^\s%])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Slip:
    """Signs `start` to `end` of a text, and what is right there; None where that is not certain."""

    start: int
    end: int
    right: str | None


def torn_words(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Words torn apart at fi, fl or ff, as copying from PDF does, each with the whole word.

    The groups of a match are the parts of the word: two, or three where both sides of the letters are torn.
    """
    prose = _sentences(text)
    once = {found.start(): found for found in _TORN.finditer(prose) if _is_torn(found)}
    twice = {found.start(): found for found in _TORN_TWICE.finditer(prose) if _is_torn(found)}
    for start, found in list(twice.items()):
        if found.start(2) in once and found[1].casefold() in _OWN_WORDS:
            del twice[start]
        else:
            once.pop(found.start(2), None)
    for _, found in sorted((once | twice).items()):
        yield found, "".join(found.groups())


def _is_torn(found: re.Match[str]) -> bool:
    return "".join(found.groups()).casefold() in TORN_WORDS and found[1].casefold() not in WHOLE_WORDS


def ligature_signs(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Signs that stand for several letters, each with those letters."""
    return ((found, _LIGATURES[found[0]]) for found in _LIGATURE.finditer(text))


def wide_gaps(text: str) -> list[re.Match[str]]:
    """Several spaces between words: not in code or tables, nor behind the mark of a list, quotation or heading."""
    if "  " not in text:
        return []
    prose = _sentences(text, but_tables=True)
    return [gap for gap in _WIDE_GAP.finditer(prose) if not _after_line_marks(prose, gap.start())]


def ligatures(text: str) -> Iterator[Slip]:
    """Torn words, joined at their spaces; ligature signs as letters, outside addresses and code."""
    for found, _ in torn_words(text):
        for part in range(1, found.re.groups):
            yield Slip(found.end(part), found.start(part + 1), "")
    prose = _sentences(text)
    for found, letters in ligature_signs(text):
        yield Slip(found.start(), found.end(), letters if prose[found.start()] != BLANK else None)


def double_spaces(text: str) -> Iterator[Slip]:
    """Several spaces as one."""
    return (Slip(gap.start(), gap.end(), " ") for gap in wide_gaps(text))


def soft_hyphens(text: str) -> Iterator[Slip]:
    """Soft hyphens, taken out; one at a line's end divides a word, and what is right there is not certain."""
    if "\u00ad" not in text:
        return
    for found in _SOFT_HYPHEN.finditer(_sentences(text)):
        is_at_end = text[found.end() : found.end() + 1] in ("\n", " ", "\t")
        yield Slip(found.start(), found.end(), None if is_at_end else "")


def line_ends(text: str) -> Iterator[Slip]:
    """Blanks at a line's end, taken out, but for two or more before another line: Markdown breaks the line there."""
    if not any(end in text for end in (" \n", "\t\n")) and text[-1:] not in (" ", "\t"):
        return
    prose = _sentences(text)
    for found in _LINE_END.finditer(prose):
        next_end = text.find("\n", found.end() + 1)
        is_last = not text[found.end() + 1 : next_end if next_end >= 0 else len(text)].strip()
        is_blank = found.start() == 0 or text[found.start() - 1] == "\n"
        if is_last or is_blank or not found[0].endswith("  "):
            yield Slip(found.start(), found.end(), "")


def mailto_spaces(text: str) -> Iterator[Slip]:
    """Spaces after `mailto:` in the addresses of Markdown links, taken out."""
    bare = without_code(text) if "mailto:" in text.casefold() else ""
    return (Slip(*found.span(1), "") for found in _SPACED_MAILTO.finditer(bare))


def mailto_space_in_url(address: str) -> Iterator[Slip]:
    """The same in a field that holds an address and nothing else."""
    if found := _SPACED_FIELD.match(address):
        yield Slip(*found.span(1), "")


def mailto_in_email(email: str) -> Iterator[Slip]:
    """A spaced `mailto:` in a field for a mail address, taken out wholly: the template puts it there."""
    if found := _SPACED_FIELD.match(email):
        yield Slip(found.start(), found.end(), "")


def blocks_of(text: str) -> tuple[tuple[str, int], ...]:
    """How Markdown lays a text out in blocks: mending words must not change it."""
    return tuple((token.type, token.level) for token in _parsed(text))


def _sentences(text: str, *, but_tables: bool = False) -> str:
    """The text with all that stands for itself and, if so asked, tables blanked out; offsets stay what they were."""
    prose = blanked(prose_of(text), sorted(literal_spans(text)))
    return _blanked(prose, text, but_tables=but_tables)


def without_code(text: str) -> str:
    """The text with its code blanked out, between backticks and in blocks; every offset stays what it was."""
    return _blanked(blanked(text, code_spans(text)), text, but_tables=False)


def _blanked(prose: str, text: str, *, but_tables: bool) -> str:
    kinds = {"fence", "code_block", *(("table_open",) if but_tables else ())}
    # Without one of these there is neither code nor table, and nothing to lay out.
    if not any(sign in text for sign in ("    ", "\t", "```", "~~~", "|" if but_tables else "```")):
        return prose
    lines = prose.split("\n")
    for token in _parsed(text):
        if token.type in kinds and token.map:
            for number in range(token.map[0], min(token.map[1], len(lines))):
                lines[number] = BLANK * len(lines[number])
    return "\n".join(lines)


@lru_cache(maxsize=512)
def _parsed(text: str) -> tuple[Token, ...]:
    return tuple(_BLOCKS.parse(text))


_BLOCKS = MarkdownIt("commonmark", {"html": False}).enable("table").disable("inline")


def _after_line_marks(text: str, offset: int) -> bool:
    start = text.rfind("\n", 0, offset) + 1
    return offset - start <= 60 and bool(_LINE_MARKS.fullmatch(text, start, offset))  # noqa: PLR2004
