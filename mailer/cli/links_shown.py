"""What `mailer check --links` prints while it asks, and what it says of each address."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from rich.text import Text

from mailer.cli.output import console, errors

if TYPE_CHECKING:
    from mailer.config import Workspace
    from mailer.flow.compose import Composed
    from mailer.flow.links import Followed
    from mailer.model.visit import Visit


def follow_with_progress(workspace: Workspace, composed: Composed) -> Followed:
    """Follow the issue's links; on a terminal, one line says how far it is."""
    from mailer.flow.links import SECONDS, follow_links

    with errors.status(f"Links: asking, for {SECONDS:g} seconds at most") as status:
        return follow_links(workspace, composed, progress=_telling(status.update))


def _telling(update: Callable[[Text], object]) -> Callable[[int, int, str], None]:
    def tell(done: int, of: int, address: str) -> None:
        update(Text(f"Links: {done} of {of}, last {urlsplit(address).hostname or address}"))

    return tell


def show_links(followed: Followed) -> None:
    """Every redirect on a line of its own, then the sum."""
    from mailer.model.visit import Found

    for visit in followed.visits:
        if len(visit.hops) > 1 and visit.found is Found.ANSWERS:
            console.print(Text(f"leads on  {visit.way}", "dim"), soft_wrap=True)
    answer = sum(visit.found is Found.ANSWERS for visit in followed.visits)
    open_ = sum(visit.found in (Found.UNCLEAR, Found.UNASKED) for visit in followed.visits)
    silent = len(followed.visits) - answer - open_
    parts = [f"{_addresses(len(followed.visits))}, {answer} {'answers' if answer == 1 else 'answer'}"]
    parts += [f"{silent} {'does' if silent == 1 else 'do'} not"] * bool(silent)
    parts += [f"{open_} could not be checked"] * bool(open_)
    parts += [f"{followed.recalled} known from the last day"] * bool(followed.recalled)
    console.print(f"Links: {', '.join(parts)}")


def visit_json(visit: Visit) -> dict[str, object]:
    """What following a link showed, with the keys that programs may rely on."""
    return {
        "url": visit.url,
        "found": visit.found.value,
        "reason": visit.reason,
        "hops": [{"status": hop.status, "url": hop.url} for hop in visit.hops],
        "moved_to": visit.moved_to,
        "at": visit.at,
    }


def _addresses(count: int) -> str:
    return "1 address" if count == 1 else f"{count} addresses"
