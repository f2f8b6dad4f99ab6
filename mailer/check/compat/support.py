"""What caniemail knows: for every feature and mail program, the answer of the newest version tested."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from mailer.errors import MailerError, nearest

ENOUGH = 0.5
"""Share of all features that must have been tested in a program before anything is said about it."""
WORD = frozenset({"outlook.windows", "outlook.windows-mail"})
"""Programs that lay mail out with Word's engine and read its conditional comments."""
REWRITES = frozenset({"outlook.outlook-com", "outlook.ios", "outlook.android", "outlook.macos"})
"""Programs that mark what they have darkened with `data-ogsc` and `data-ogsb`."""


@dataclass(frozen=True, slots=True)
class Client:
    """A mail program on a platform."""

    name: str
    """As settings name it: `gmail.ios`."""
    title: str
    place: int
    """Which of the answers is its own."""
    tested: int
    """Features that were tested in it."""

    @property
    def family(self) -> str:
        """The part before the dot."""
        return self.name.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a program has a feature: `y`, `a` (in part), `n` or `u` (not known), and which notes say more."""

    letter: str
    notes: tuple[str, ...] = ()


UNKNOWN = Answer("u")


@dataclass(frozen=True, slots=True, eq=False)
class Feature:
    """One thing that HTML or CSS can do."""

    slug: str
    title: str
    tested: str
    """The day of the last test."""
    answers: tuple[Answer, ...]
    notes: Mapping[str, str]

    def words(self, answer: Answer) -> str:
        """The notes that go with an answer, as caniemail has them."""
        return " ".join(self.notes[number] for number in answer.notes if number in self.notes)


@dataclass(frozen=True, slots=True, eq=False)
class SupportTable:
    """All of the data, and the day it is of."""

    date: str
    source: str
    package: str
    clients: tuple[Client, ...]
    """Programs of which enough is known."""
    too_little: tuple[Client, ...]
    """Programs of which too little is known to judge."""
    features: Mapping[str, Feature]

    def answer(self, slug: str, client: Client) -> Answer:
        """What is known of a feature in a program; unknown where nothing is."""
        feature = self.features.get(slug)
        return feature.answers[client.place] if feature else UNKNOWN

    def named(self, names: Iterable[str]) -> tuple[Client, ...]:
        """The programs that a list means: `gmail.ios` one, `gmail` the family; all where it is empty.

        MailerError where a name is not known, or too little is known of the program.
        """
        wanted = list(names)
        if not wanted:
            return self.clients
        for name in wanted:
            if not any(name in (client.name, client.family) for client in self.clients):
                raise self._unknown(name)
        return tuple(client for client in self.clients if {client.name, client.family} & set(wanted))

    def _unknown(self, name: str) -> MailerError:
        if any(name in (client.name, client.family) for client in self.too_little):
            return MailerError(
                f'Too little is known of the mail program "{name}" to judge it.',
                "Leave it out.",
            )
        known = {client.name for client in self.clients} | {client.family for client in self.clients}
        return MailerError(
            f'There is no mail program "{name}".',
            f"{nearest(name, known)} `mailer compat` lists them.",
        )


@lru_cache(maxsize=1)
def support_table() -> SupportTable:
    """Read the table; once, when it is first needed."""
    raw = json.loads(files("mailer.check").joinpath("data/support.json").read_text(encoding="utf-8"))
    features = {
        slug: Feature(
            slug=slug,
            title=row["title"],
            tested=row["tested"],
            answers=tuple(_answer(text) for text in row["answers"].split()),
            notes=row.get("notes", {}),
        )
        for slug, row in raw["features"].items()
    }
    clients = [
        Client(name, title, place, sum(f.answers[place].letter != "u" for f in features.values()))
        for place, (name, title) in enumerate(raw["clients"].items())
    ]
    least = ENOUGH * len(features)
    return SupportTable(
        date=raw["date"],
        source=raw["source"],
        package=raw["package"],
        clients=tuple(client for client in clients if client.tested >= least),
        too_little=tuple(client for client in clients if client.tested < least),
        features=features,
    )


@lru_cache(maxsize=512)
def _answer(text: str) -> Answer:
    letter, *notes = text.split(".")
    return Answer("u" if letter == "-" else letter, tuple(notes))
