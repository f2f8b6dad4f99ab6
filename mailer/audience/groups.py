"""What lies within a rule, and which groups the rules of some groups lead to."""

from __future__ import annotations

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
