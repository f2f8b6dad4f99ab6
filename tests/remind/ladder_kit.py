"""Small worlds for ladders: three countries and whoever holds office there, and the sample's own recipients."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from mailer.audience import Scene, read_recipients, read_registers
from mailer.config import open_workspace
from mailer.config.settings import Office
from mailer.model.audience import AllOf, Contact, HoldsRole, InCountry, Recipients, Role, Segment
from mailer.model.deadline import Deadline, Submission, What
from mailer.model.register import Country, Registers
from mailer.model.reminder import DayPlan, History
from mailer.remind import obligations_of, plan_day

ROOT = Path(__file__).resolve().parents[2]
COP12 = ("-90d", "-30d", "-14d", "-7d", "-1d", "+3d")
NINE = "AF IN IR KG KZ MN PK TJ UZ".split()
ANY_DAY = Office(name="Office", postal_address="Street 1", weekend=())
WEEKDAYS = Office(name="Office", postal_address="Street 1")
FOCAL = HoldsRole(role="national-focal-point", of="cms")
STATES = ("KG", "KZ", "MN")
NO_HISTORY = History()


def day(text: str) -> date:
    """A day from its ISO form."""
    return date.fromisoformat(text)


def a_deadline(**changes: Any) -> Deadline:
    """The national report to COP12, with whatever is to be different."""
    usual = {
        "id": "national-report-cop12",
        "title": {"en": "National report to COP12"},
        "owed": {"en": "the national report"},
        "due": day("2017-04-24"),
        "timezone": "Europe/Berlin",
        "obliged": "obliged",
        "ladder": COP12,
    }
    return Deadline.model_validate(usual | changes)


def a_focal_point(country: str, name: str = "holder", **changes: Any) -> Contact:
    """A National Focal Point; `start`, `end` and `alternate` are of the office, the rest of the contact."""
    office = {key: changes.pop(key) for key in ("start", "end", "alternate") if key in changes}
    address = changes.pop("address", f"{name}.{country.lower()}@example.org")
    roles = (Role(name="national-focal-point", subject="cms", **office),)
    usual: dict[str, Any] = {"email": address, "address": address, "family_name": name.title()}
    return Contact(**usual | {"country": country, "roles": roles} | changes)


def a_world(
    *contacts: Contact, states: Iterable[str] = STATES, on: str = "2017-01-24"
) -> tuple[Recipients, Scene]:
    """Recipients and the scene of a day, in which the focal points of the states are obliged."""
    rule = AllOf(all=(FOCAL, InCountry(country=tuple(states))))
    recipients = Recipients(contacts, {"obliged": Segment(name="obliged", rule=rule)})
    registers = Registers({code: Country(iso2=code, iso3=f"{code}X", names={"en": code}) for code in STATES})
    return recipients, Scene(registers, recipients.segments, day(on))


def planned(
    deadline: Deadline,
    world: tuple[Recipients, Scene],
    *submissions: Submission,
    on: str = "",
    history: History = NO_HISTORY,
    office: Office = ANY_DAY,
) -> DayPlan:
    """The day's plan; `on` another day than the world's."""
    recipients, scene = world
    if on:
        scene = Scene(scene.registers, scene.segments, day(on))
    owed = obligations_of(deadline, submissions, recipients, scene)
    return plan_day(deadline, owed, recipients, scene, history=history, office=office)


def said(who: str, what: What, on: str, until: str = "", note: str = "") -> Submission:
    """A line of the submissions."""
    return Submission(who=who, what=what, on=day(on), until=day(until) if until else None, note=note)


def told(plan: DayPlan) -> set[tuple[str, str]]:
    """Who gets which step: (address, step)."""
    return {(one.address, one.step) for one in plan.reminders}


def countries(plan: DayPlan) -> list[str]:
    """For which countries something goes."""
    return sorted({obligation.who for one in plan.reminders for obligation in one.obligations})


@lru_cache
def the_sample() -> tuple[Recipients, Registers, Office]:
    """The sample's people and registers, and the days on which its office works."""
    workspace = open_workspace(ROOT)
    registers = read_registers(workspace.recipients, workspace.root)
    return (
        read_recipients(workspace.recipients, workspace.root, registers),
        registers,
        workspace.config.office,
    )


def sample_scene(on: date) -> Scene:
    """What groups of the sample are decided by on a day."""
    recipients, registers, _ = the_sample()
    return Scene(registers, recipients.segments, on)
