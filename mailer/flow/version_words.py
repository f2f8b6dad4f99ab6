"""What to call a version: its language, and the groups that its readers, and nobody else in it, belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from mailer.model.audience import Segment
from mailer.model.issue import Issue
from mailer.model.rendition import Variant
from mailer.source import language_name

Groups = frozenset[str]
"""Those groups of an issue's items that a reader belongs to."""
Mark = tuple[str, bool]
"""A group, and whether readers belong to it."""

OTHERS = "all others"
EVERYTHING = "every item"
MOST_TRIED = 3
"""Marks that are tried in every combination; more are added one by one."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A version among those of its language."""

    marks: tuple[Mark, ...]
    """What holds for each of its readers, groups that they belong to first."""
    strangers: tuple[Groups, ...]
    """What readers of other versions in the language belong to."""


def version_words(
    issue: Issue, members: Mapping[Variant, Collection[Groups]], segments: Mapping[str, Segment]
) -> dict[str, str]:
    """Variant key → its name, such as `Russian, CAMI Range States that are CMS Parties`; no two are the same.

    `members` says for each variant which groups its readers belong to. The words name as few groups as tell its
    readers from all others of that language, and say `not …` only where nothing shorter does.
    """
    titles = _titles({group for item in issue.items for group in item.groups}, segments)
    order = list(dict.fromkeys(group for item in issue.items for group in item.groups))
    everything = {item for variant in members for item in variant.items}
    words: dict[str, str] = {}
    for language in dict.fromkeys(variant.language for variant in members):
        siblings = {variant: groups for variant, groups in members.items() if variant.language == language}
        told_apart = _told_apart(siblings, order, titles) if len(siblings) > 1 else {}
        for variant in siblings:
            complete = everything <= set(variant.items)
            who = told_apart.get(variant, "")
            said = (f"{who} ({EVERYTHING})" if who else EVERYTHING) if complete else who or "all readers"
            words[variant.key] = f"{language_name(language)}, {said}"
    return words


def _told_apart(
    siblings: Mapping[Variant, Collection[Groups]], order: Sequence[str], titles: Mapping[str, str]
) -> dict[Variant, str]:
    """Who reads each version of one language; one of them may be all that the others leave."""
    chosen = {variant: _fewest(_place(variant, siblings, order)) for variant in siblings}
    vague = [v for v, marks in chosen.items() if marks is None or _only_denies(marks)]
    rest = max(vague, key=lambda v: len(chosen[v] or order), default=None)
    words: dict[Variant, str] = {}
    for variant, marks in chosen.items():
        said = OTHERS if variant == rest or not marks else _said(marks, titles)
        alike = sum(1 for other in words.values() if other == said or other.startswith(f"{said} ("))
        words[variant] = f"{said} ({alike + 1})" if alike else said
    return words


def _only_denies(marks: Sequence[Mark]) -> bool:
    """Whether words would be a list of what readers are not."""
    return len(marks) != 1 and not any(belongs for _, belongs in marks)


def _place(variant: Variant, siblings: Mapping[Variant, Collection[Groups]], order: Sequence[str]) -> _Place:
    own = siblings[variant]
    inside = tuple((group, True) for group in order if all(group in groups for groups in own))
    outside = tuple((group, False) for group in order if not any(group in groups for groups in own))
    strangers = {groups for other, found in siblings.items() if other != variant for groups in found}
    return _Place((*inside, *outside), tuple(strangers))


def _fewest(place: _Place) -> tuple[Mark, ...] | None:
    """The fewest marks that no stranger has all of, `not` as seldom as can be; None where none tell them apart."""
    kept_out = {
        mark: frozenset(n for n, groups in enumerate(place.strangers) if (mark[0] in groups) != mark[1])
        for mark in place.marks
    }
    useful = [mark for mark in place.marks if kept_out[mark]]
    everyone = frozenset(range(len(place.strangers)))
    if frozenset().union(*kept_out.values()) != everyone:
        return None
    for size in range(MOST_TRIED + 1):
        fitting = [
            marks
            for marks in combinations(useful, size)
            if frozenset().union(*(kept_out[mark] for mark in marks)) == everyone
        ]
        if fitting:
            return min(fitting, key=lambda marks: sum(not belongs for _, belongs in marks))
    return _one_by_one(useful, kept_out, everyone)


def _one_by_one(
    useful: Iterable[Mark], kept_out: Mapping[Mark, frozenset[int]], everyone: frozenset[int]
) -> tuple[Mark, ...]:
    """Marks that together keep every stranger out, each time the one that keeps out most of those left."""
    left, taken, waiting = set(everyone), [], list(useful)
    while left:
        best = max(waiting, key=lambda mark: len(kept_out[mark] & left))
        taken.append(best)
        waiting.remove(best)
        left -= kept_out[best]
    return tuple(sorted(taken, key=lambda mark: not mark[1]))


def _said(marks: Sequence[Mark], titles: Mapping[str, str]) -> str:
    """Titles have commas of their own, so semicolons part them."""
    return "; ".join(titles[group] if belongs else f"not {titles[group]}" for group, belongs in marks)


def _titles(names: Iterable[str], segments: Mapping[str, Segment]) -> dict[str, str]:
    """What people call each group; with its name where two are called the same."""
    titles = {name: (segments[name].title if name in segments else "") or name for name in names}
    used = Counter(titles.values())
    return {name: title if used[title] == 1 else f"{title} ({name})" for name, title in titles.items()}
