"""Makes recipients/contacts.csv: about 150 invented people, the same every time.

    python tools/make_contacts.py [FILE]

Nobody in it lives. Names are put together from lists of given and family names that are common in each
country; organizations are made up; addresses end in example.org and example.com, which no mail reaches.
"""

from __future__ import annotations

import csv
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from people.details import DETAILS
from people.elsewhere import ELSEWHERE
from people.names import PEOPLE
from people.posts import NEWSLETTER, POSTS, USUAL_LANGUAGE

DEFAULT_FILE = Path(__file__).resolve().parent.parent / "recipients" / "contacts.csv"
NOTHING = "-"


class Person(NamedTuple):
    """One row, but for its first cell, the address."""

    title: str
    given_name: str
    family_name: str
    salutation: str
    language: str
    country: str
    organization: str
    roles: str
    subscriptions: str = NEWSLETTER
    other_emails: str = ""
    messages: str = ""
    since: str = ""
    note: str = ""


def main(arguments: list[str]) -> None:
    """Write the file, and say where."""
    path = Path(arguments[0]) if arguments else DEFAULT_FILE
    people = list(everybody())
    path.write_text(contacts_csv(people), encoding="utf-8", newline="")
    print(f"{path}: {len(people)} people")


def contacts_csv(people: Iterable[Person]) -> str:
    """The whole file, a row a person, no name twice."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["email", *Person._fields])
    taken: set[str] = set()
    for number, person in enumerate(people):
        email = address_of(person, "example.com" if number % 3 == 2 else "example.org")
        if email in taken:
            raise ValueError(f"{email} is given twice: change a name")
        taken.add(email)
        details = dict(DETAILS.get(email, {}))
        writer.writerow([details.pop("email", email), *person._replace(**details)])
    if unknown := DETAILS.keys() - taken:
        raise ValueError(f"nobody has the address {', '.join(sorted(unknown))}")
    return out.getvalue()


def everybody() -> Iterator[Person]:
    """Range States in alphabetical order, then the others."""
    return chain(chain.from_iterable(map(people_of, sorted(PEOPLE))), people_elsewhere())


def people_of(code: str) -> Iterator[Person]:
    """The people of a Range State, each in their post."""
    for name, post in zip(PEOPLE[code].split("|"), POSTS[code], strict=True):
        title, given, family = name.split(" ", 2)
        yield Person(
            title=title if post.title is None else post.title,
            given_name=given,
            family_name=family,
            salutation=post.salutation,
            language=USUAL_LANGUAGE.get(code, "en") if post.language is None else post.language,
            country=code,
            organization=post.organization,
            roles=post.roles,
            subscriptions=post.subscriptions,
        )


def people_elsewhere() -> Iterator[Person]:
    """Partners, donors, press and the office."""
    for line in ELSEWHERE.strip().splitlines():
        cells = ["" if cell.strip() == NOTHING else cell.strip() for cell in line.split("|")]
        yield Person(*cells)


def address_of(person: Person, domain: str) -> str:
    """An address that looks like the name: ASCII letters, hyphens, one dot."""
    return f"{ascii_name(person.given_name)}.{ascii_name(person.family_name)}@{domain}"


def ascii_name(name: str) -> str:
    """A name in lower-case ASCII: "Håkestad" becomes "hakestad", spaces become hyphens."""
    plain = name.lower().replace("ø", "o")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z-]", "", plain.replace(" ", "-"))


if __name__ == "__main__":
    main(sys.argv[1:])
