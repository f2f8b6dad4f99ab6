"""One person before the groups: who they are, and for each group why they are in it or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from mailer.audience import Explanation, Scene
from mailer.audience import explain as explain_group
from mailer.audience.explain import role_words, subscription_words
from mailer.audience.left_out import LeftOut, unwritable
from mailer.cli.audience_words import country_name, label_lines
from mailer.cli.output import console
from mailer.model.audience import Contact
from mailer.model.suppression import Suppression
from mailer.source import language_name


def print_explanation(
    contact: Contact,
    names: Iterable[str],
    scene: Scene,
    suppressed: Mapping[str, Suppression],
    newsletter: str,
) -> None:
    """Who somebody is, and for each group why they are in it or not."""
    name = f"{contact.name} " if contact.name else ""
    row = f", row {contact.row} of contacts.csv" if contact.row else ""
    console.print(Text.assemble((f"{name}<{contact.email}>", "bold"), row))
    barred = unwritable((contact,), suppressed, scene.day, newsletter)
    sent = [("mail", _for_one(entry, contact, suppressed)) for entry in barred]
    console.print(label_lines([*_person(contact, scene).items(), *sent]))
    console.print()
    for group in names:
        _print_step(explain_group(contact, group, scene), 0)


def explanation_json(
    contact: Contact, names: Iterable[str], scene: Scene, suppressed: Mapping[str, Suppression]
) -> dict[str, Any]:
    """The same as data."""
    listed = [entry for address in contact.addresses if (entry := suppressed.get(address))]
    return {
        "address": contact.address,
        "name": contact.name,
        "row": contact.row,
        "facts": _person(contact, scene),
        "do_not_mail": [{"address": one.address, "because": one.because, "at": one.at} for one in listed],
        "groups": {name: asdict(explain_group(contact, name, scene)) for name in names},
    }


def _print_step(step: Explanation, depth: int) -> None:
    line = Table.grid(padding=(0, 1))
    line.add_column(no_wrap=True)
    line.add_column()
    mark = Text(f"{'  ' * depth}{'yes' if step.holds else 'no '}", "green" if step.holds else "red")
    because = Text(f" ({step.because})" if step.because else "", "dim")
    line.add_row(mark, Text(step.words) + because)
    console.print(line)
    for inner in step.children:
        _print_step(inner, depth + 1)


def _person(contact: Contact, scene: Scene) -> dict[str, str]:
    language = scene.language(contact)
    stated = "stated" if contact.language else "offered first in the country"
    country = (
        f"{country_name(contact.country, scene.registers)} ({contact.country})"
        if contact.country
        else "not known"
    )
    facts = {
        "country": country,
        "language": f"{language_name(language)} ({language}), {stated}" if language else "not known",
        "roles": "; ".join(role_words(role, scene.day) for role in contact.roles) or "none",
        "gets": "; ".join(subscription_words(entry, scene.day) for entry in contact.subscriptions)
        or "no newsletter",
    }
    if contact.other_emails:
        facts["also at"] = ", ".join(contact.other_emails)
    if contact.since:
        facts["on file"] = f"since {contact.since}"
    return facts


def _for_one(entry: LeftOut, contact: Contact, suppressed: Mapping[str, Suppression]) -> str:
    dates = [suppressed[address].at for address in contact.addresses if address in suppressed]
    since = f" since {min(dates):%Y-%m-%d}" if dates and "do-not-mail" in entry.why else ""
    return f"{entry.why}{since}"
