"""What to call a version: its language, and the groups that its readers, and nobody else in it, belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from math import comb

from mailer.model.audience import Segment
from mailer.model.issue import Issue
from mailer.model.rendition import Variant
from mailer.source import language_name

Groups = frozenset[str]
"""Those groups of an issue's items that a reader belongs to."""
Mark = tuple[str, bool]
"""A group, and whether readers belong to it."""
Kept = tuple[Mark, int]
"""A mark, and whom it keeps out, of all that readers of one language belong to: a bit each."""

OTHERS = "all others"
EVERYTHING = "every item"
MOST_TOGETHER = 3
"""Marks that are tried in every combination; more are added one by one."""
MOST_TRIED = 100_000
"""Combinations of that many marks that are tried for all versions of a language together."""


def version_words(
    issue: Issue, members: Mapping[Variant, Collection[Groups]], segments: Mapping[str, Segment]
) -> dict[str, str]:
    """Variant key → its name, such as `Russian, CAMI Range States that are CMS Parties`; no two are the same.

    `members` says for each variant which groups its readers belong to. The words name as few groups as tell its
    readers from all others of that language, and say `not …` only where nothing shorter does; where there are
    very many versions and groups, they may name some more.
    """
    order = tuple(dict.fromkeys(group for item in issue.items for group in item.groups))
    titles = _titles(order, segments)
    everything = {item for variant in members for item in variant.items}
    words: dict[str, str] = {}
    taken: set[str] = set()
    for language in dict.fromkeys(variant.language for variant in members):
        siblings = [variant for variant in members if variant.language == language]
        groups = tuple(frozenset(members[variant]) for variant in siblings)
        who = _who(_told_apart(groups, order), titles) if len(siblings) > 1 else [""]
        for variant, readers in zip(siblings, who, strict=True):
            complete = everything <= set(variant.items)
            said = (f"{readers} ({EVERYTHING})" if readers else EVERYTHING) if complete else readers
            words[variant.key] = _unlike(f"{language_name(language)}, {said or 'all readers'}", taken)
    return words


def _who(chosen: Sequence[tuple[Mark, ...] | None], titles: Mapping[str, str]) -> list[str]:
    """Who reads each version of one language; one of them may be all that the others leave."""
    vague = [n for n, marks in enumerate(chosen) if marks is None or _only_denies(marks)]
    rest = max(vague, key=lambda n: len(chosen[n] or titles), default=None)
    taken: set[str] = set()
    return [
        _unlike(OTHERS if n == rest or not marks else _said(marks, titles), taken)
        for n, marks in enumerate(chosen)
    ]


def _unlike(said: str, taken: set[str]) -> str:
    """The words, numbered where they are taken; they are, from now on."""
    number, words = 1, said
    while words in taken:
        number += 1
        words = f"{said} ({number})"
    taken.add(words)
    return words


def _only_denies(marks: Sequence[Mark]) -> bool:
    """Whether words would be a list of what readers are not."""
    return len(marks) != 1 and not any(belongs for _, belongs in marks)


@lru_cache(maxsize=32)
def _told_apart(
    versions: tuple[frozenset[Groups], ...], order: tuple[str, ...]
) -> tuple[tuple[Mark, ...] | None, ...]:
    """For each version of one language, the marks that its readers have and no others; None where nothing tells.

    Remembered, because an issue is composed at every change, and few changes are to who gets what.
    """
    everyone = [(version, groups) for version, found in enumerate(versions) for groups in found]
    having = {
        group: sum(1 << bit for bit, (_, groups) in enumerate(everyone) if group in groups) for group in order
    }
    own = [0] * len(versions)
    for bit, (version, _) in enumerate(everyone):
        own[version] |= 1 << bit
    strangers = (1 << len(everyone)) - 1
    tried = MOST_TRIED // len(versions)
    return tuple(_fewest(strangers & ~mine, _marks(mine, strangers & ~mine, having), tried) for mine in own)


def _marks(own: int, strangers: int, having: Mapping[str, int]) -> list[Kept]:
    """What holds for each of a version's readers and not for every stranger, groups that they belong to first."""
    inside = [((group, True), strangers & ~had) for group, had in having.items() if not own & ~had]
    outside = [((group, False), strangers & had) for group, had in having.items() if not own & had]
    return [(mark, kept) for mark, kept in (*inside, *outside) if kept]


def _fewest(strangers: int, marks: Sequence[Kept], tried: int) -> tuple[Mark, ...] | None:
    """The fewest marks that no stranger has all of, `not` as seldom as can be; None where none tell them apart."""
    left = strangers
    for _, kept in marks:
        left &= ~kept
    if left:
        return None
    for size in range(MOST_TOGETHER + 1):
        if comb(len(marks), size) > tried:
            break
        if fitting := _together(strangers, marks, size):
            return min(fitting, key=lambda chosen: sum(not belongs for _, belongs in chosen))
    return _one_by_one(strangers, marks)


def _together(strangers: int, marks: Sequence[Kept], size: int) -> list[tuple[Mark, ...]]:
    """Every choice of so many marks that keeps all strangers out."""
    if size == 0:
        return [] if strangers else [()]
    if size == 1:
        return [(mark,) for mark, kept in marks if not strangers & ~kept]
    return [
        (mark, *more)
        for number, (mark, kept) in enumerate(marks, start=1)
        for more in _together(strangers & ~kept, marks[number:], size - 1)
    ]


def _one_by_one(strangers: int, marks: Sequence[Kept]) -> tuple[Mark, ...]:
    """Marks that together keep every stranger out, each time the one that keeps out most of those left."""
    left, taken = strangers, []
    while left:
        mark, kept = max(marks, key=lambda each: (left & each[1]).bit_count())
        taken.append(mark)
        left &= ~kept
    return tuple(sorted(taken, key=lambda mark: not mark[1]))


def _said(marks: Sequence[Mark], titles: Mapping[str, str]) -> str:
    """Titles have commas of their own, so semicolons part them."""
    return "; ".join(titles[group] if belongs else f"not {titles[group]}" for group, belongs in marks)


def _titles(names: Iterable[str], segments: Mapping[str, Segment]) -> dict[str, str]:
    """What people call each group; with its name where two are called the same."""
    titles = {name: (segments[name].title if name in segments else "") or name for name in names}
    used = Counter(titles.values())
    return {name: title if used[title] == 1 else f"{title} ({name})" for name, title in titles.items()}
