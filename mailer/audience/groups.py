"""What lies within a rule, and which groups the rules of some groups lead to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping

from mailer.model.audience import AllOf, AnyOf, InSegment, NoneOf, Outstanding, Rule, Segment, Submitted


def parts_of(rule: Rule | None) -> tuple[Rule, ...]:
    """The rules of which `all`, `any` or `none` consists; none of any other rule."""
    match rule:
        case AllOf():
            return rule.all
        case AnyOf():
            return rule.any
        case NoneOf():
            return rule.none
        case _:
            return ()


def rules_in(rule: Rule | None) -> Iterator[Rule]:
    """The rule and every rule within it; nothing of other groups that it names."""
    if rule is not None:
        yield rule
        for part in parts_of(rule):
            yield from rules_in(part)


def deadline_in(rule: Rule) -> str:
    """The deadline that a rule asks; "" where it asks none."""
    match rule:
        case Submitted():
            return rule.submitted
        case Outstanding():
            return rule.outstanding
        case _:
            return ""


def groups_reached(
    names: Iterable[str], segments: Mapping[str, Segment], obliged: Mapping[str, str]
) -> dict[str, Segment]:
    """The named groups and all that their rules lead to: groups they name, and groups that owe a deadline they ask.

    `obliged` has the group that owes each deadline. Names that are not known are passed over.
    """
    waiting, found = list(names), dict[str, Segment]()
    while waiting:
        name = waiting.pop()
        segment = segments.get(name)
        if segment is None or name in found:
            continue
        found[name] = segment
        for rule in rules_in(segment.rule):
            if isinstance(rule, InSegment):
                waiting.append(rule.segment)
            elif deadline := deadline_in(rule):
                waiting.append(obliged.get(deadline, ""))
    return found


Way = tuple[str, str]
"""A group that a rule leads to, and how, in signs: `→ group`, `→ deadline X → group`."""


def next_groups(rule: Rule | None, obliged: Mapping[str, str]) -> Iterator[Way]:
    """The groups that a rule asks: those it names, and those that owe a deadline it names."""
    for part in rules_in(rule):
        if isinstance(part, InSegment):
            yield part.segment, f" → {part.segment}"
        elif group := obliged.get(deadline_in(part), ""):
            yield group, f" → deadline {deadline_in(part)} → {group}"


def chain_lengths(ways: Mapping[str, tuple[Way, ...]]) -> dict[str, int]:
    """Group → how many groups the longest chain from it passes, itself too; without those that lead to a circle."""
    before: dict[str, list[str]] = {name: [] for name in ways}
    open_ways: dict[str, int] = {}
    for name, nexts in ways.items():
        known = [group for group, _ in nexts if group in ways]
        open_ways[name] = len(known)
        for group in known:
            before[group].append(name)
    lengths = dict.fromkeys(ways, 1)
    waiting = [name for name, count in open_ways.items() if not count]
    ended: dict[str, int] = {}
    while waiting:
        name = waiting.pop()
        ended[name] = lengths[name]
        for other in before[name]:
            lengths[other] = max(lengths[other], lengths[name] + 1)
            open_ways[other] -= 1
            if not open_ways[other]:
                waiting.append(other)
    return ended


def chain_back(name: str, ways: Mapping[str, tuple[Way, ...]]) -> list[Way]:
    """The shortest way from a group through others back to itself; empty where there is none."""
    came: dict[str, tuple[str, Way]] = {}
    waiting = deque([name])
    while waiting:
        here = waiting.popleft()
        for way in ways.get(here, ()):
            if way[0] not in came:
                came[way[0]] = here, way
                waiting.append(way[0])
        if name in came:
            break
    chain: list[Way] = []
    here = name
    while here in came and not (chain and here == name):
        here, way = came[here]
        chain.insert(0, way)
    return chain if name in came else []
