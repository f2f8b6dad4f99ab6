"""Uses, what programs know, and fallbacks put together: in which programs a mail works, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import lru_cache

from mailer.check.compat.fallbacks import Fallback, fallback_for
from mailer.check.compat.partial import lacks
from mailer.check.compat.support import REWRITES, WORD, Answer, Client, SupportTable, support_table
from mailer.check.compat.use import Use, Way


class State(StrEnum):
    """How a mail fares in a program."""

    WORKS = "works"
    FALLBACK = "works with a fallback"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Lack:
    """Something that a mail uses and a program lacks."""

    use: Use
    title: str
    answer: Answer
    why: str
    """caniemail's note, where it has one."""
    fallback: Fallback | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """A mail in one program."""

    client: Client
    known: int
    """Features used of which it is known whether the program has them."""
    lacking: tuple[Lack, ...]

    @property
    def fallbacks(self) -> tuple[Fallback, ...]:
        """What its readers see otherwise, each once."""
        return tuple(dict.fromkeys(lack.fallback for lack in self.lacking if lack.fallback))

    @property
    def failing(self) -> tuple[Lack, ...]:
        """What is lost."""
        return tuple(lack for lack in self.lacking if lack.fallback is None)

    @property
    def state(self) -> State:
        """How it fares."""
        return State.FAILS if self.failing else State.FALLBACK if self.lacking else State.WORKS

    @property
    def native(self) -> int:
        """Percent of the features used that the program has itself."""
        slugs = {lack.use.slug for lack in self.lacking}
        return 100 if not self.known else round(100 * (self.known - len(slugs)) / self.known)


@dataclass(frozen=True, slots=True)
class Compatibility:
    """A mail in all programs that are wanted."""

    date: str
    """The day of the data."""
    verdicts: tuple[Verdict, ...]

    @property
    def working(self) -> int:
        """Programs in which nothing is lost."""
        return sum(verdict.state is not State.FAILS for verdict in self.verdicts)

    @property
    def score(self) -> int:
        """Percent of the programs in which nothing is lost; every program counts the same."""
        # Rounded down: 100 is only said where it is all of them.
        return 100 * self.working // len(self.verdicts) if self.verdicts else 100


class Fate(Enum):
    """What becomes of one use in one program."""

    UNSEEN = "not seen, or not known"
    FINE = "has it"
    LACKING = "lacks it"


def judge(uses: Iterable[Use], clients: Iterable[Client], table: SupportTable) -> Compatibility:
    """How a mail with these uses fares in these programs."""
    listed = [(use, fates(use.way)) for use in uses]
    return Compatibility(table.date, tuple(_verdict(listed, client, table) for client in clients))


@lru_cache(maxsize=4096)
def fates(way: Way) -> Mapping[str, Fate]:
    """Program → what becomes there of a way of using a feature. Worked out once for each."""
    table = support_table()
    return {client.name: _fate(way, client, table) for client in table.clients}


def _fate(way: Way, client: Client, table: SupportTable) -> Fate:
    if way.reach == "darkened":
        seen = client.name in REWRITES
    else:
        seen = way.reach == "all" or (way.reach == "word") == (client.name in WORD)
    answer = table.answer(way.slug, client)
    if (
        not seen
        or answer.letter == "u"
        or any(table.answer(gate, client).letter == "n" for gate in way.gates)
    ):
        return Fate.UNSEEN
    return Fate.LACKING if lacks(way.slug, way.trait, answer) else Fate.FINE


@lru_cache(maxsize=4096)
def may_fail(way: Way) -> bool:
    """Whether some program lacks it and nothing stands in for it: what need not be asked of nearly any use."""
    has_fallback = fallback_for(way.slug, way.trait) is not None
    return not has_fallback and Fate.LACKING in fates(way).values()


def failing_in(uses: Iterable[Use], clients: Iterable[Client]) -> frozenset[str]:
    """The names of the programs in which something is lost: as `judge`, without the particulars, and quick."""
    doubtful = [fates(use.way) for use in uses if may_fail(use.way)]
    return frozenset(
        client.name for client in clients if any(fate[client.name] is Fate.LACKING for fate in doubtful)
    )


def together(parts: Iterable[Compatibility]) -> Compatibility:
    """Several versions of an issue as one: a program's verdict is made of what any of them lacks in it."""
    listed = list(parts)
    columns = zip(*(part.verdicts for part in listed), strict=True)
    merged = tuple(
        Verdict(
            client=column[0].client,
            known=max(verdict.known for verdict in column),
            # The first of a kind is named: versions write the same thing in other words.
            lacking=tuple(
                {
                    (lack.use.slug, lack.use.trait): lack
                    for verdict in reversed(column)
                    for lack in reversed(verdict.lacking)
                }.values()
            )[::-1],
        )
        for column in columns
    )
    return Compatibility(listed[0].date if listed else "", merged)


def _verdict(uses: Sequence[tuple[Use, Mapping[str, Fate]]], client: Client, table: SupportTable) -> Verdict:
    known: set[str] = set()
    lacking: dict[tuple[str, str], Lack] = {}
    for use, fate in uses:
        match fate[client.name]:
            case Fate.UNSEEN:
                continue
            case Fate.LACKING if (use.slug, use.trait) not in lacking:
                feature, answer = table.features[use.slug], table.answer(use.slug, client)
                lacking[use.slug, use.trait] = Lack(
                    use, feature.title, answer, feature.words(answer), fallback_for(use.slug, use.trait)
                )
        known.add(use.slug)
    return Verdict(client, len(known), tuple(lacking.values()))
