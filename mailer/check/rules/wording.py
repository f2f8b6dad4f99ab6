"""Slips in words that copying from PDF and hurried typing leave behind."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.check.reading import TextPlace, texts
from mailer.check.rule import NOTE, OWN, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity

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

INVARIABLE = {"sheeps": "sheep", "deers": "deer", "mooses": "moose", "oxes": "oxen", "gooses": "geese"}

_TORN = re.compile(r"(?<![\w-])([^\W\d_]{0,20}(?:ff|fi|fl)) ([^\W\d_]{1,20})\b")
_LIGATURE = re.compile(r"[\ufb00-\ufb06]")
_WIDE_GAP = re.compile(r"(?<=\S)(?<![|])  +(?=[^\s|])")
_LIST_MARK = re.compile(r" {0,12}(?:[-*+]|\d{1,3}[.)])")
_LINE_END_HYPHEN = re.compile(
    r"\b([^\W\d_]{1,30})-\n[ \t]{0,20}(?!(?:and|or|to|und|oder|bis|et|ou|y|o|и|или)\b)([^\W\d_]{1,30})"
)
_PLURAL = re.compile(rf"\b(?:{'|'.join(INVARIABLE)})\b", re.IGNORECASE)


def ligature(checked: CheckedIssue) -> Iterator[Finding]:
    """A word torn apart, or held together by a sign that searching does not find."""
    for text in texts(checked.issue):
        for found in _TORN.finditer(text.prose):
            whole = found[1] + found[2]
            if whole.casefold() in TORN_WORDS and found[1].casefold() not in WHOLE_WORDS:
                yield _torn(checked, text, found, whole, "is one word torn apart, as copying from PDF does")
        for found in _LIGATURE.finditer(text.text):
            yield _torn(
                checked,
                text,
                found,
                _LIGATURES[found[0]],
                "is one sign for several letters; searching and screen readers miss the word",
            )


def wide_gaps(checked: CheckedIssue) -> Iterator[Finding]:
    """Two or more spaces between words, counted by field."""
    for text in texts(checked.issue):
        prose = text.prose
        gaps = [gap for gap in _WIDE_GAP.finditer(prose) if not _after_list_mark(prose, gap.start())]
        if gaps:
            first = _around(text.text, gaps[0])
            times = {1: "once", 2: "twice"}.get(len(gaps), f"{len(gaps)} times")
            yield checked.finding(
                "text.double-space",
                Severity.NOTE,
                f'There are several spaces in a row {times}, first in "{first}".',
                "Leave one.",
                at=text.at(gaps[0].start()),
                words=first,
            )


def line_end_hyphen(checked: CheckedIssue) -> Iterator[Finding]:
    """A word divided at a line's end, which readers see with a space in its middle."""
    for text in texts(checked.issue):
        for found in _LINE_END_HYPHEN.finditer(text.prose):
            yield checked.finding(
                "text.line-end-hyphen",
                Severity.NOTE,
                f'Readers see "{found[1]}- {found[2]}", with a space after the hyphen.',
                f'Put "{found[1]}-{found[2]}" on one line, or leave the hyphen out.',
                at=text.at(found.start()),
                words=f"{found[1]}-{found[2]}",
            )


def plural(checked: CheckedIssue) -> Iterator[Finding]:
    """The plural of a word that has none of that form."""
    for text in texts(checked.issue):
        for found in _PLURAL.finditer(text.prose):
            yield checked.finding(
                "text.plural",
                Severity.WARN,
                f'The plural of "{found[0]}" has another form.',
                f'Write "{INVARIABLE.get(found[0].casefold(), "the other form")}".',
                at=text.at(found.start()),
                words=found[0],
            )


_LIGATURES = dict(
    zip("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06", "ff fi fl ffi ffl st st".split(), strict=True)
)


def _torn(checked: CheckedIssue, text: TextPlace, found: re.Match[str], whole: str, why: str) -> Finding:
    return checked.finding(
        "text.ligature",
        Severity.WARN,
        f'"{found[0]}" {why}.',
        f'Write "{whole}".',
        at=text.at(found.start()),
        words=found[0],
    )


def _after_list_mark(text: str, offset: int) -> bool:
    start = text.rfind("\n", 0, offset) + 1
    return offset - start <= 16 and bool(_LIST_MARK.fullmatch(text, start, offset))  # noqa: PLR2004


def _around(text: str, gap: re.Match[str]) -> str:
    before = text[max(0, gap.start() - 40) : gap.start()].rsplit(maxsplit=1)[-1]
    after = text[gap.end() : gap.end() + 40].split(maxsplit=1)[0]
    return f"{before}{gap[0]}{after}"


RULES = (
    Rule("text.ligature", "A word torn at fi, fl or ff", WARN, OWN, ligature, reads_words=True),
    Rule("text.plural", '"Sheeps"', WARN, OWN, plural, reads_words=True),
    Rule("text.double-space", "Several spaces in a row", NOTE, OWN, wide_gaps, reads_words=True),
    Rule(
        "text.line-end-hyphen",
        "A word divided at a line's end",
        NOTE,
        OWN,
        line_end_hyphen,
        reads_words=True,
    ),
)
