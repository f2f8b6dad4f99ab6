"""What restoring a backup would lose: the send record that stands here against the one in the backup."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from mailer.errors import DamagedLedgerError
from mailer.ledger.copying import Standing, standing_of
from mailer.model.dispatch import State

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Lost:
    """What the send record that stands here has and the backup has not."""

    unreadable: str = ""
    """Why the one that stands here cannot be read; then nothing else is known."""
    other: str = ""
    """Its id, where it is another send record altogether."""
    sendings: tuple[str, ...] = ()
    """Real ones that the backup does not know: id and issue."""
    rehearsals: int = 0
    taken_over: int = 0
    """Mails that were taken over since."""
    went_on: tuple[str, ...] = ()
    """Sendings that the backup knows, and that have gone on since."""
    tries: int = 0
    notes: int = 0
    """Entries of the log: pauses, answers, decisions."""
    suppressed: int = 0
    """Entries of the do-not-mail list."""

    def in_words(self) -> list[str]:
        """Each kind of loss, with its figure."""
        said = (
            (self.unreadable, f"it cannot be read ({self.unreadable})"),
            (self.other, f"it is another send record ({self.other})"),
            (self.sendings, f"{counted(len(self.sendings), 'sending')}: {listed(self.sendings)}"),
            (self.taken_over, f"{counted(self.taken_over, 'mail')} taken over"),
            (self.went_on, f"more of {listed(self.went_on)}"),
            (self.tries, f"{counted(self.tries, 'try', 'tries')} at a mail"),
            (self.notes, f"{counted(self.notes, 'entry', 'entries')} in the log (pauses, answers, notes)"),
            (self.suppressed, f"{counted(self.suppressed, 'entry', 'entries')} on the do-not-mail list"),
            (self.rehearsals, counted(self.rehearsals, "rehearsal")),
        )
        return [words for is_so, words in said if is_so]

    def __bool__(self) -> bool:
        return self != Lost()


def what_is_lost(path: Path, backup: Standing) -> Lost:
    """What the send record at `path` has and the backup has not.

    LedgerError where a newer program wrote it, or where it cannot be looked at right now.
    """
    if not path.exists():
        return Lost()
    try:
        here = standing_of(path)
    except DamagedLedgerError as error:
        return Lost(unreadable=error.message)
    if here.id == backup.id:
        return _lost(here, backup)
    lost = _lost(here, Standing(backup.id, backup.version, {}, 0, 0, 0, backup.suppressed))
    return replace(lost, other=here.id) if lost else lost


def _lost(here: Standing, backup: Standing) -> Lost:
    def name(dispatch_id: str) -> str:
        return f"{dispatch_id} ({here.dispatches[dispatch_id].slug})"

    def had(dispatch_id: str) -> dict[State, int]:
        return dict(backup.dispatches[dispatch_id].counts) if dispatch_id in backup.dispatches else {}

    real = {key: share for key, share in here.dispatches.items() if share.is_real}
    new = [key for key in here.dispatches if key not in backup.dispatches]
    moved = [key for key in real if key in backup.dispatches and dict(real[key].counts) != had(key)]
    taken = (
        share.counts.get(State.ACCEPTED, 0) - had(key).get(State.ACCEPTED, 0) for key, share in real.items()
    )
    return Lost(
        sendings=tuple(name(key) for key in new if key in real),
        rehearsals=sum(key not in real for key in new),
        taken_over=sum(max(0, count) for count in taken),
        went_on=tuple(name(key) for key in moved),
        tries=max(0, here.attempts - backup.attempts),
        notes=max(0, here.events - backup.events) if here.last_event > backup.last_event else 0,
        suppressed=len(here.suppressed - backup.suppressed),
    )


def counted(count: int, one: str, more: str = "") -> str:
    """A number with its word."""
    return f"{count:,} {one if count == 1 else more or one + 's'}"


def listed(names: tuple[str, ...]) -> str:
    """Names one after the other; how many more there are, where there are many."""
    more = len(names) - MOST_NAMED
    return ", ".join(names[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
