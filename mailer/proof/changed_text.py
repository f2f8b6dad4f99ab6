"""Which words of which item are others now, as people would say it: `"Saiga meeting": "26 April" → "24 April"`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from mailer.model.proof import Proof
from mailer.model.rendition import SLOT_TOKEN, Rendition

MOST_SAID = 3
"""Changes that are said; of more it is said how many there are."""
MOST_SIGNS = 60
"""Signs of the words before and after that are said."""
MOST_WORDS = 4_000
"""Words of an item that are compared one by one; of a longer one it is only said that it is another."""
NEAR = 2
"""So many unchanged words between two changes make one of them."""
RULE = re.compile(r"([=\-~*_])\1{2,}")
NUMBER = re.compile(r"\d{1,3}\.\s+")
Section = tuple[str, list[str]]


@dataclass(frozen=True, slots=True)
class _Change:
    core: tuple[tuple[str, ...], tuple[str, ...]]
    """The words that went and those that came."""
    said: str
    title: str = ""
    """Of the section that it is in."""
    within: str = ""
    """The words of that section before."""


def shown(text: str) -> str:
    """The text with its personal fields as authors write them: `{{name}}`."""
    return SLOT_TOKEN.sub(lambda found: "{{" + (found[1] or found[2]) + "}}", text)


def changed_text(old: Proof, new: Proof) -> tuple[str, ...]:
    """Each change of words once, in reading order, in the versions that both proofs have; the most read one first."""
    before = {one.variant.key: one for one in old.renditions}
    pairs = [(before[one.variant.key], one) for one in new.renditions if one.variant.key in before]
    pairs.sort(key=lambda pair: -new.heads.get(pair[1].variant.key, 0))
    return tuple(dict.fromkeys(said for pair in pairs for said in _between(*pair)))


def some_text(said: Sequence[str]) -> str:
    """The first few of them, and how many more there are."""
    more = len(said) - MOST_SAID
    listed = [*said[:MOST_SAID], f"and {more} more change{'s' if more > 1 else ''} of words"]
    return "; ".join(listed if more > 0 else said)


def _between(before: Rendition, after: Rendition) -> Iterator[str]:
    for part in ("subject", "preheader"):
        words = shown(getattr(before, part)).split(), shown(getattr(after, part)).split()
        yield from (f"{part}: {one.said}" for one in _changes(*words))
    found = list(_by_section(_sections(shown(before.text)), _sections(shown(after.text))))
    for number, one in enumerate(found):
        # A list of contents, or of dates, says the same again of an item below it.
        is_listed = any(
            other.core == one.core and other.title and other.title in one.within
            for other in found[number + 1 :]
        )
        if not is_listed:
            yield f"{_quoted(one.title.split())}: {one.said}" if one.title else one.said


def _by_section(old: list[Section], new: list[Section]) -> Iterator[_Change]:
    matcher = SequenceMatcher(None, [title for title, _ in old], [title for title, _ in new], autojunk=False)
    for _, begin, end, start, stop in matcher.get_opcodes():
        both = min(end - begin, stop - start)
        for number in range(both):
            (title, was), (titled, now) = old[begin + number], new[start + number]
            within = " ".join(was)
            for one in _changes(title.split(), titled.split()):
                yield replace(
                    one, said=f"the title is now {_quoted(titled.split())}", title=title, within=within
                )
            for one in _changes(was, now):
                yield replace(one, title=title, within=within)
        for title, words in old[begin + both : end]:
            yield _Change((tuple(title.split()), ()), "taken out", title, " ".join(words))
        for title, words in new[start + both : stop]:
            yield _Change(((), tuple(title.split())), "new", title, " ".join(words))


def _sections(text: str) -> list[Section]:
    """The words under each heading, which is underlined in a text part; before the first one under "".

    Headings stand without their numbers, which move with every item that comes or goes.
    """
    sections: list[Section] = [("", [])]
    paragraph: list[str] = []
    for line in text.splitlines():
        if RULE.fullmatch(line.strip()):
            if paragraph:
                sections.append((NUMBER.sub("", " ".join(paragraph), count=1), []))
            paragraph = []
        elif line.strip():
            paragraph.append(line.strip())
        else:
            sections[-1][1].extend(" ".join(paragraph).split())
            paragraph = []
    sections[-1][1].extend(" ".join(paragraph).split())
    return sections


def _changes(before: list[str], after: list[str]) -> Iterator[_Change]:
    """What takes the place of what, with a word beside it where it is only one or none."""
    if before == after:
        return
    if max(len(before), len(after)) > MOST_WORDS:
        yield _Change(((), ()), "too long to be compared: read it whole")
        return
    runs: list[list[int]] = []
    for tag, begin, end, start, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        if runs and begin - runs[-1][1] <= NEAR:
            runs[-1][1], runs[-1][3] = end, stop
        else:
            runs.append([begin, end, start, stop])
    for begin, end, start, stop in runs:
        is_short = min(end - begin, stop - start) <= 1
        left = int(is_short and begin > 0 and start > 0)
        right = int(is_short and end < len(before) and stop < len(after))
        gone, new = before[begin - left : end + right], after[start - left : stop + right]
        said = f"{_quoted(gone)} → {_quoted(new)}"
        if not (gone and new):
            said = f"{_quoted(gone)} taken out" if gone else f"{_quoted(new)} new"
        yield _Change((tuple(before[begin:end]), tuple(after[start:stop])), said)


def _quoted(words: Sequence[str]) -> str:
    said = " ".join(words)
    return f'"{said if len(said) <= MOST_SIGNS else said[: MOST_SIGNS - 1].rstrip() + "…"}"'
