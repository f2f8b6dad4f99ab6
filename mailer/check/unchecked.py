"""What the rules could not look at, and why: said once beside the findings, and no finding itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from mailer.check.rule import Needs, Rule
from mailer.check.subject import CheckedIssue
from mailer.check.table import RULES
from mailer.model.base import primary
from mailer.source import language_name


@dataclass(frozen=True, slots=True)
class Unchecked:
    """Things that were not checked for one reason."""

    what: tuple[str, ...]
    why: str
    rules: tuple[str, ...] = ()
    """The rules that could not look."""

    @property
    def words(self) -> str:
        """All of it in a line."""
        return f"{', '.join(self.what)} ({self.why})"


def not_checked(
    checked: CheckedIssue, *, strict: bool = False, rules: Iterable[Rule] = RULES
) -> tuple[Unchecked, ...]:
    """What no rule of the profile could look at, by reason, in the order of the table."""
    found: dict[str, list[tuple[str, str]]] = {}
    for rule in rules:
        if rule.needs and (strict or not rule.is_strict):
            for why in _reasons(checked, rule, rule.needs):
                found.setdefault(why, []).append((rule.needs.what, rule.id))
    told = [
        Unchecked(tuple(dict.fromkeys(what for what, _ in each)), why, tuple(rule for _, rule in each))
        for why, each in found.items()
    ]
    if not checked.renditions:
        told.append(Unchecked(("the finished mail",), "nobody is in the audience"))
    return tuple(told)


def _reasons(checked: CheckedIssue, rule: Rule, needs: Needs) -> Iterator[str]:
    """Why a rule could not look at all; or in which languages it could not."""
    if missing := [register for register in needs.registers if not register.is_in(checked.registers)]:
        yield f"no {missing[0]}"
    elif needs.mail_service and not checked.relays:
        yield "no mail service in mailer.toml"
    elif needs.languages:
        read = (checked.issue.language, *(checked.translations if rule.reads_words else ()))
        foreign = dict.fromkeys(tag for tag in read if primary(tag) not in needs.languages)
        if foreign:
            yield f"in {_named(foreign)}; known for {_named(needs.languages)}"
    yield from dict.fromkeys(filter(None, map(needs.not_all, (checked, *checked.local.values()))))


def _named(languages: Iterable[str]) -> str:
    names = sorted(map(language_name, languages))
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
