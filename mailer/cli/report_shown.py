"""A report as people read it: what needs doing, how many, when, to whom, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rich.text import Text

from mailer.cli.doubts_shown import show_doubts
from mailer.cli.output import cell, console, hanging, table
from mailer.cli.reasons_shown import show_because
from mailer.cli.reporting import badge, ways_on
from mailer.cli.timeline_shown import MARGIN, show_timeline, stamp
from mailer.dispatch.account import NOT_TAKEN, Account, not_wanted
from mailer.dispatch.reason_words import Whose
from mailer.dispatch.report import in_words
from mailer.model.dispatch import DispatchState, State
from mailer.model.report import Tally
from mailer.source import language_name

MOST_ROWS = 10
MOST_LISTED = 6
SHORT = {"will be tried again": "tried again"}


def show_account(account: Account, words: Mapping[str, str], server: str, *, everything: bool) -> None:
    """Print the whole report. `words` names versions, `server` the mail service's host."""
    dispatch = account.dispatch
    head = f"Sending {dispatch.id} ({badge(dispatch)}) of {dispatch.slug}: "
    console.print(Text.assemble(head, (dispatch.state, "bold")))
    console.print(
        Text(f"proof {dispatch.digest[:6]}, through {dispatch.relay}, from {dispatch.sender.email}", "dim")
    )
    _show_to_do(account)
    listing = table(">mails", "", ">")
    for told, count in in_words(account.counts).items():
        share = f"{100 * count / account.total:.1f} %" if count < account.total else ""
        listing.add_row(f"{count:,}", told, Text(share, "dim"))
    console.print(listing)
    console.print()
    show_timeline(account)
    show_because(account.because, account.dispatch.id, everything)
    show_doubts(account.doubts, dispatch, server)
    _show_tables(account, words, everything)


def _show_to_do(account: Account) -> None:
    lines = list(to_do(account))
    console.print()
    if not lines:
        state = "It is being sent; nothing needs doing." if account.left else "Nothing needs doing."
        console.print(Text(state, "green"))
    for line in lines:
        hanging("→ ", line, 0, "bold")
    console.print()


def to_do(account: Account) -> Iterable[str]:
    """What a person should do now, most pressing first; nothing where all is well."""
    dispatch = account.dispatch
    go_on = f"mailer resume {dispatch.id}"
    if dispatch.state is DispatchState.PAUSED:
        because = f": {dispatch.why}" if dispatch.why else ""
        ways = [f"{words}\n  {command}" for words, command in ways_on(dispatch)]
        yield "\n".join([f"It is paused{because}".rstrip(".") + ".", *ways])
    for what, refused, total in not_wanted(account.sums.by_domain):
        yield f"{what} refused {refused:,} of {total:,}: see why below."
    ours = [one for one in account.because if one.reason.whose is Whose.OURS and one.state in NOT_TAKEN]
    for one in ours:
        yield f"{_mails(one.count)} refused: {one.reason.words} {one.reason.todo}"
    if account.doubts:
        yield f"{_mails(account.counts[State.UNKNOWN])} in doubt: look each up, then decide it (below)."
    readers = sum(
        one.count for one in account.because if one.reason.whose is Whose.READER and one.state in NOT_TAKEN
    )
    if readers:
        yield f"{readers:,} address{'es' if readers != 1 else ''} to correct or to ask about (below)."
    if dispatch.state is DispatchState.OPEN and account.left and not account.workers:
        yield from _not_running(account, go_on)


def _not_running(account: Account, go_on: str) -> Iterable[str]:
    begins = account.dispatch.not_before
    waiting = {state for state, count in account.counts.items() if count and not state.is_terminal}
    if begins is not None and account.sums.first_try is None:
        yield f"It begins at {stamp(begins)}: `mailer resume --due` must run then, by cron or a timer."
    elif waiting == {State.DEFERRED} and account.next_try_at and account.next_try_at > account.at:
        yield f"The next try is due at {stamp(account.next_try_at)}:\n  {go_on}"
    else:
        wait = "waits" if account.left == 1 else "wait"
        yield f"Nothing is sending it now, and {_mails(account.left)} {wait}. Go on with\n  {go_on}"


def _mails(count: int) -> str:
    return f"{count:,} mail{'s' if count != 1 else ''}"


def _show_tables(account: Account, words: Mapping[str, str], everything: bool) -> None:
    sums = account.sums
    columns = list(in_words(account.counts))
    lines: list[tuple[str, Tally, Mapping[str, str]]] = []
    for title, tally, names in (
        ("domain", sums.by_domain, {}),
        ("country", {what or "(none)": states for what, states in sums.by_country.items()}, {}),
        ("language", sums.by_language, {code: language_name(code) for code in sums.by_language}),
        ("version", sums.by_variant, words),
    ):
        if (len(columns) > 1 and len(tally) > 1) or everything:
            _show_tally(title, tally, names, columns, everything)
        elif tally:
            lines.append((title, tally, names))
    console.print()
    for line in lines:
        _show_line(*line)


def _show_line(title: str, tally: Tally, names: Mapping[str, str]) -> None:
    """All stand alike: how many of each is enough, on a line."""
    shown = [f"{names.get(what, what)} {sum(states.values()):,}" for what, states in tally.items()]
    more = f" and {len(shown) - MOST_LISTED:,} more" if len(shown) > MOST_LISTED else ""
    hanging(f"{f'By {title}':<{MARGIN}}", "; ".join(shown[:MOST_LISTED]) + more, 0, dim=True)


def _show_tally(
    title: str, tally: Tally, names: Mapping[str, str], columns: list[str], everything: bool
) -> None:
    listing = table(title, ">mails", *(f">{SHORT.get(one, one)}" for one in columns))
    order = sorted(tally.items(), key=lambda pair: (-_troubles(pair[1]), -sum(pair[1].values()), pair[0]))
    for what, states in order if everything else order[:MOST_ROWS]:
        counts, total = in_words(states), sum(states.values())
        refused = sum(states.get(state, 0) for state in NOT_TAKEN)
        style = "bold red" if refused and refused == total else ""
        numbers = [f"{counts[one]:,}" if one in counts else Text("–", "dim") for one in columns]
        listing.add_row(cell(names.get(what, what)), f"{total:,}", *numbers, style=style)
    console.print()
    console.print(listing)
    if not everything and len(order) > MOST_ROWS:
        console.print(f"… and {len(order) - MOST_ROWS:,} more: [bold]--all[/bold]")


def _troubles(states: Mapping[State, int]) -> int:
    return sum(states.get(state, 0) for state in (*NOT_TAKEN, State.UNKNOWN))
