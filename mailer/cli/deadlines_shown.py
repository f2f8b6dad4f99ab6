"""How ladders are printed: a deadline's state, who owes it, and the days of a calendar; as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from rich.padding import Padding
from rich.text import Text

from mailer.cli.output import cell, console, table

if TYPE_CHECKING:
    from mailer.flow.ladder_state import LadderState, Owing
    from mailer.model.reminder import DayPlan
    from mailer.remind.calendar import Batch

RED = "bold red"
STANDINGS = {"holder": "in office", "alternate": "alternates", "escalation": "told besides"}
"""Standing → what people call those who have it."""


def show_state(state: LadderState) -> None:
    """One deadline: its date, its steps, and everybody's standing."""
    from mailer.remind.calendar import title_of

    deadline, day = state.file.deadline, state.plan.day
    console.print(Text.assemble((title_of(deadline), "bold"), f"  {state.file.slug}"))
    reference = f", {deadline.reference}" if deadline.reference else ""
    console.print(
        cell(f"due {deadline.due:%a} {deadline.due} {deadline.time} {deadline.timezone}{reference}")
    )
    console.print(Text(_left(state), style="dim"))
    for one in state.outstanding:
        if one.unreached and not state.is_over:
            _line("nobody reachable", f"{one.name}: {one.unreached}", RED)
    listing = table("", "!step", "!day", "")
    for each in state.steps:
        mark = "→" if each.today else "✓" if each.sent or each.waiting else " "
        listing.add_row(mark, each.step.offset, f"{each.step.day:%a} {each.step.day}", each.words)
    console.print(Padding(listing, (0, 0, 0, 2)))
    owed = [one for one in state.outstanding if not one.obligation.held]
    done = [one for one in state.owing if not one.obligation.is_owed]
    _line("outstanding", _named(owed, lambda one: _due_word(one, day)))
    _line("handed in", _named(done, lambda one: str(one.obligation.done_on)))
    held = [one for one in state.outstanding if one.obligation.held]
    _line("on hold", _named(held, lambda one: one.obligation.held))
    claimed = [one for one in state.outstanding if one.is_claimed]
    _line("say it is handed in, not recorded", _named(claimed, lambda one: one.answered), "yellow")


def _left(state: LadderState) -> str:
    left, day = state.days_left, state.plan.day
    days = "1 day" if abs(left) == 1 else f"{abs(left)} days"
    told = "due today" if left == 0 else f"{days} left" if left > 0 else f"{days} past"
    over = "; no more reminders" if state.is_over else ""
    return f"as of {day}: {told}{over}"


def _due_word(one: Owing, day: date) -> str:
    """What is unusual of somebody who owes it: another due date and its next reminder, or that it came back."""
    told = []
    if one.obligation.extended:
        after = f", next reminder {_day_or_today(one.next[0], day)}" if one.next else ""
        told.append(f"until {one.obligation.due}{after}")
    if one.obligation.returned:
        told.append("owed again")
    return "; ".join(told)


def _day_or_today(when: date, day: date) -> str:
    return "today" if when == day else str(when)


def _named(listed: Iterable[Owing], remark: Any) -> str:
    """`Kazakhstan (2017-02-01), Mongolia`, with the number before them."""
    told = [f"{one.name} ({said})" if (said := remark(one)) else one.name for one in listed]
    return f"{len(told)}: {', '.join(told)}" if told else ""


def _line(heading: str, words: str, style: str = "") -> None:
    """A heading and what stands under it, indented where it runs on; nothing where there is nothing to say."""
    if words:
        console.print(Padding(Text.assemble((heading, style or "bold"), " ", (words, style)), (0, 0, 0, 2)))


def show_days(plans: Iterable[DayPlan], names: Mapping[str, str], first: date, last: date) -> None:
    from mailer.remind.calendar import batches_of, title_of

    nothing = True
    for plan in plans:
        batches = batches_of(plan)
        if not batches and not plan.unreached:
            continue
        nothing = False
        console.print(Text.assemble((f"{plan.day:%a} {plan.day}", "bold"), f"  {title_of(plan.deadline)}"))
        for batch in batches:
            _show_batch(batch, plan, names)
        for one in plan.unreached:
            who = names.get(one.obligation.who, one.obligation.who)
            console.print(Padding(Text(f"nobody reachable: {who}: {one.why}", style=RED), (0, 0, 0, 4)))
    if nothing:
        ended = f"the last ladder ended on {last}" if last < first else f"from {first} to {last}"
        console.print(f"Nothing is to go{':' if last < first else ''} {ended}.")


def _show_batch(batch: Batch, plan: DayPlan, names: Mapping[str, str]) -> None:
    """`-30d to 14 people`, and under it who they are: by country and standing, or by name."""
    due = f" (due {batch.due})" if batch.due != plan.deadline.due else ""
    people = "1 person" if batch.people == 1 else f"{batch.people} people"
    console.print(Padding(cell(f"{batch.step}{due} to {people}"), (0, 0, 0, 4)))
    per_person = plan.deadline.per == "person"
    for standing, word in STANDINGS.items():
        counts = Counter(
            one.contact.name or one.address if per_person else names.get(part.who, part.who)
            for one in batch.reminders
            if one.standing == standing
            for part in one.obligations
        )
        told = ", ".join(f"{name} {count}" if count > 1 else name for name, count in sorted(counts.items()))
        if told:
            console.print(Padding(Text.assemble((f"{word}: ", "dim"), told), (0, 0, 0, 6)))


def show_outstanding(state: LadderState) -> None:
    """A table of those who owe it, first those whom nobody can tell."""
    listing = table("who", "stands", "!last reminded", "!next")
    for one in state.outstanding:
        stands = Text(one.stands(state.plan.day), style=RED if one.unreached else "")
        last = f"{one.last[0]} {one.last[1]}" if one.last else "–"
        after = f"{_day_or_today(one.next[0], state.plan.day)} {one.next[1]}" if one.next else "–"
        more = [f"until {one.obligation.due}"] if one.obligation.extended else []
        more += [one.obligation.held] if one.obligation.held else []
        more += [one.answered] if one.answered else []
        stands.append("".join(f"\n{words}" for words in more), style="dim")
        listing.add_row(cell(one.name), stands, last, after)
    console.print(listing)
    console.print(f"[dim]as of {state.plan.day}[/dim]")


def day_json(plan: DayPlan) -> dict[str, Any]:
    """One day of a calendar, with the keys that programs may rely on."""
    return {
        "day": plan.day,
        "weekday": f"{plan.day:%A}",
        "deadline": plan.deadline.id,
        "reminders": [
            {
                "step": one.step,
                "due": one.obligations[0].due,
                "standing": one.standing,
                "address": one.address,
                "name": one.contact.name,
                "for": [part.who for part in one.obligations],
                "moved_from": one.moved_from,
                "occasions": one.occasions,
            }
            for one in plan.reminders
        ],
        "lapsed": [{"occasion": one.occasion, "why": one.why} for one in plan.lapsed],
        "unreached": [{"who": one.obligation.who, "why": one.why} for one in plan.unreached],
    }


def state_json(state: LadderState) -> dict[str, Any]:
    """How a deadline stands, likewise."""
    deadline = state.file.deadline
    return {
        "slug": state.file.slug,
        "id": deadline.id,
        "title": deadline.title,
        "due": deadline.due,
        "time": deadline.time,
        "timezone": deadline.timezone,
        "on": state.plan.day,
        "days_left": state.days_left,
        "over": state.is_over,
        "steps": [
            {
                "step": each.step.offset,
                "planned": each.step.planned,
                "day": each.step.day,
                "sent": each.sent,
                "waiting": each.waiting,
                "due_now": each.today,
                "lapsed": each.lapsed,
                "words": each.words,
            }
            for each in state.steps
        ],
        "obligations": [owing_json(one, state.plan.day) for one in state.owing],
    }


def owing_json(one: Owing, day: date) -> dict[str, Any]:
    """One obligation, likewise."""
    obligation = one.obligation
    return {
        "who": obligation.who,
        "name": one.name,
        "stands": one.stands(day),
        "due": obligation.due,
        "extended": obligation.extended,
        "done_on": obligation.done_on,
        "held": obligation.held,
        "returned": obligation.returned,
        "unreached": one.unreached,
        "people": [
            {"address": t.address, "name": t.contact.name, "standing": t.standing} for t in one.people
        ],
        "last_reminded": one.last[0] if one.last else None,
        "last_step": one.last[1] if one.last else None,
        "next_reminder": one.next[0] if one.next else None,
        "next_step": one.next[1] if one.next else None,
        "answer": one.answer.answer if one.answer else None,
        "answer_words": one.answer.words if one.answer else "",
        "says_handed_in": one.is_claimed,
    }
