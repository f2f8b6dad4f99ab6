"""In which mail programs an issue works, and what its readers see in the others."""

from __future__ import annotations

from collections.abc import Iterable

from mailer.check.compat import Compatibility, failing_in, judge, support_table, together, used_features
from mailer.check.compat.pictures import picture_kinds
from mailer.config import Workspace
from mailer.errors import MailerError
from mailer.model.rendition import Rendition


def wanted_clients(workspace: Workspace) -> tuple[str, ...]:
    """The mail programs that mailer.toml names, one by one; none where it means all.

    MailerError where it names one that is not known.
    """
    names = workspace.config.clients
    try:
        return tuple(client.name for client in support_table().named(names)) if names else ()
    except MailerError as error:
        raise MailerError(f"mailer.toml, `clients`: {error.message}", error.hint) from error


def programs_working(renditions: Iterable[Rendition], clients: Iterable[str]) -> tuple[int, int]:
    """In how many of the wanted programs nothing is lost, and how many those are. Quick, after a check."""
    wanted = support_table().named(clients)
    failing: set[str] = set()
    for rendition in renditions:
        failing |= failing_in(used_features(rendition.html, picture_kinds(rendition.pictures)), wanted)
    return len(wanted) - len(failing), len(wanted)


def compatibility_of(renditions: Iterable[Rendition], clients: Iterable[str]) -> Compatibility:
    """How these versions fare, taken together, in the programs that are wanted; all where none is named."""
    table = support_table()
    wanted = table.named(clients)
    listed = list(renditions)
    return together(
        judge(used_features(rendition.html, picture_kinds(rendition.pictures)), wanted, table)
        for rendition in listed
    )
