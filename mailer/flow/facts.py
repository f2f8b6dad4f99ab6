"""What the send record and the deadlines say, as far as the rules of some groups ask for it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date
from typing import TYPE_CHECKING

from mailer.audience import Scene
from mailer.audience.groups import deadline_in, groups_reached, rules_in
from mailer.audience.recipients import obliged_groups
from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.model.audience import Bounced, DeadlineFacts, Facts, NotReceived, Received, Rule

if TYPE_CHECKING:
    from mailer.flow.people import People
    from mailer.ledger import Ledger


def facts_for(
    workspace: Workspace, ledger: Ledger | None, people: People, day: date, names: Iterable[str]
) -> Facts:
    """The facts that the named groups ask for; nothing is read where they ask for none.

    Where no ledger is given, the workspace's own is opened if there is one and it is asked. Submissions count up to
    the day; what the send record holds counts as it is now. ProblemsError where a deadline's files cannot be used,
    MailerError where a rule asks a deadline that there is not, or where groups go round in a circle.
    """
    segments = people.recipients.segments
    obliged = obliged_groups(workspace.recipients, workspace.root)
    groups = groups_reached(names, segments, obliged).values()
    rules = [rule for segment in groups for rule in rules_in(segment.rule)]
    recorded = _recorded(workspace, ledger, people, rules)
    deadlines: dict[str, DeadlineFacts] = {}
    # One value, filled in the order in which deadlines rest on each other: whose group asks another comes after it.
    facts = Facts(deadlines, recorded.received, recorded.bounced)
    scene = Scene(people.registers, segments, day, facts)

    def fill(name: str, trail: tuple[str, ...]) -> None:
        if name in deadlines:
            return
        if name in trail:
            raise MailerError(f"The deadlines go round in a circle: {' → '.join((*trail, name))}.")
        for segment in groups_reached((obliged.get(name, ""),), segments, {}).values():
            for rule in rules_in(segment.rule):
                if before := deadline_in(rule):
                    fill(before, (*trail, name))
        deadlines[name] = _standing(workspace, people, name, scene)

    for rule in rules:
        if name := deadline_in(rule):
            fill(name, ())
    return facts


def _standing(workspace: Workspace, people: People, name: str, scene: Scene) -> DeadlineFacts:
    """Where a deadline stands on the scene's day."""
    # Only where somebody asks: reading deadlines brings in more than most commands need.
    from mailer.flow.deadlines import deadline_file
    from mailer.remind.obligations import obligations_of

    file = deadline_file(workspace, people, name)
    owing = obligations_of(file.deadline, file.submissions, people.recipients, scene)
    return DeadlineFacts(
        obliged=file.deadline.obliged,
        per=file.deadline.per,
        owed=frozenset(one.who for one in owing if one.is_owed),
        done=frozenset(one.who for one in owing if not one.is_owed),
    )


def _recorded(workspace: Workspace, ledger: Ledger | None, people: People, rules: Iterable[Rule]) -> Facts:
    """What the send record says to those of the rules that ask it; without a record, that nothing was sent."""
    asked = list(rules)
    issues = {rule.received for rule in asked if isinstance(rule, Received)}
    issues |= {rule.not_received for rule in asked if isinstance(rule, NotReceived)}
    bounced = any(isinstance(rule, Bounced) for rule in asked)
    if not (issues or bounced) or (ledger is None and not workspace.ledger_path.exists()):
        return Facts()
    from mailer.flow.records import ledger_of

    with nullcontext(ledger) if ledger is not None else ledger_of(workspace) as record:
        # Of people who were forgotten the record has no address, and knows them only when it is asked.
        among = [address for contact in people.recipients.contacts for address in contact.addresses]
        received = {issue: record.received(issue, among) for issue in sorted(issues)}
        return Facts(received=received, bounced=record.bounced(among) if bounced else frozenset())
