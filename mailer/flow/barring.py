"""Putting people on the do-not-mail list and taking them off it: many at once, all or none."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from mailer.audience import AddressError, normalise
from mailer.audience.table import text_of
from mailer.errors import MailerError, Problem, ProblemsError, UsageError, nearest
from mailer.ledger import Ledger
from mailer.model.dispatch import Dispatch, State
from mailer.model.suppression import Because, Suppression
from mailer.source import read_bytes

COLUMNS = ("email", "e-mail", "address", "mail")
"""What the column with the addresses may be called."""
DELIMITERS = ",;\t"
MAX_BYTES = 16_000_000
MAX_ADDRESSES = 200_000
WAITING = (State.PLANNED, State.DEFERRED)
MOST_ASKED = 500
"""Addresses for which it is looked up what waits for them."""
BY_HAND = "by-hand"
KINDS = {**{one.value: one for one in Because}, BY_HAND: Because.MANUAL}
"""What may stand for a kind of reason → the kind."""
NAMES = tuple(name for name in KINDS if name != Because.MANUAL.value)
"""Those that people are told of; "manual" is how by hand is written down."""


@dataclass(frozen=True, slots=True)
class Barred:
    """What came of putting addresses on the list."""

    added: tuple[Suppression, ...]
    already: tuple[Suppression, ...]
    """Those that stood there for that reason; they stay as they were."""
    waiting: tuple[tuple[Dispatch, int], ...]
    """Real sendings that have mails for them which will not go now, each with how many."""


def kind_of(words: str) -> tuple[Because, str]:
    """The kind of reason that the words name, and ""; or by hand, for the words themselves.

    UsageError for one word that is nearly the name of a kind: it would bar more, or less, than was meant.
    """
    said = " ".join(words.split())
    known = KINDS.get(said.casefold().replace(" ", "-"))
    if known is not None:
        return known, ""
    close = nearest(said.casefold(), NAMES)
    if not said or (" " not in said and close.startswith("Did")):
        raise UsageError(f'"{said}" is no kind of reason.', f"{close} Or say it in several words.")
    return Because.MANUAL, said


def addresses_of(given: Sequence[str], file: Path | None) -> tuple[str, ...]:
    """The addresses that were given and those of the file, normalised, each once.

    The file has one a line, or is a CSV with a column `email`. ProblemsError with every one that is none, by line.
    """
    problems: list[Problem] = []
    found: dict[str, None] = {}
    for line, text in (*((None, one) for one in given), *(_lines(file) if file else ())):
        try:
            found[normalise(text.strip())] = None
        except AddressError as error:
            message = f'"{text.strip()[:80]}" is not an address: {error}.'
            problems.append(Problem(message, file=str(file) if line else "", line=line))
    if problems and file is None and len(problems) == 1:
        raise UsageError(problems[0].message)
    if problems:
        raise ProblemsError(problems)
    if not found:
        raise UsageError("There is no address.", "Give some, or --file FILE.")
    if len(found) > MAX_ADDRESSES:
        raise UsageError(f"{len(found):,} addresses are more than {MAX_ADDRESSES:,}.", "Give them in parts.")
    return tuple(found)


def bar(ledger: Ledger, addresses: Sequence[str], because: Because, note: str, by: str) -> Barred:
    """Put all of them on the list in one transaction, and say what that keeps from going."""
    added, already = ledger.suppress_all(addresses, because, note, by)
    waiting: tuple[tuple[Dispatch, int], ...] = ()
    if len(addresses) <= MOST_ASKED:
        waiting = tuple(_waiting(ledger, addresses, because))
    return Barred(added, already, waiting)


def unbar(ledger: Ledger, addresses: Sequence[str], because: str, by: str) -> tuple[Suppression, ...]:
    """Take all of them off the list; what had stood there. MailerError, and nothing done, where one is not on it."""
    listed = [entry for entry in ledger.suppressions() if entry.address in set(addresses)]
    missing = [one for one in addresses if one not in {entry.address for entry in listed}]
    # Who was forgotten stands there under a keyed hash, which only a look at that address finds.
    hidden = {one for one in missing if ledger.suppressed([one], "newsletter")}
    if strange := [one for one in missing if one not in hidden]:
        known = {entry.address for entry in ledger.suppressions()}
        close = nearest(strange[0], known)
        verb = "is" if len(strange) == 1 else "are"
        raise MailerError(
            f"{', '.join(strange)} {verb} not on the do-not-mail list. Nothing was changed.",
            close if close.startswith("Did") else "See `mailer suppressions`.",
        )
    gone = [*listed, *(entry for one in hidden for entry in ledger.suppressed([one], "newsletter").values())]
    for address in addresses:
        ledger.unsuppress(address, by=by, why=because)
    return tuple(gone)


def chosen(
    entries: Iterable[Suppression], kind: Because | None = None, text: str = ""
) -> tuple[Suppression, ...]:
    """Those of that kind whose address or note has the text in it."""
    wanted = text.casefold()
    return tuple(
        entry
        for entry in entries
        if kind in (None, entry.because) and wanted in f"{entry.address} {entry.note}".casefold()
    )


def _waiting(ledger: Ledger, addresses: Sequence[str], because: Because) -> Iterator[tuple[Dispatch, int]]:
    counts: dict[str, int] = {}
    for notice in ledger.notices_to(addresses):
        if notice.delivery.state in WAITING:
            counts[notice.delivery.dispatch_id] = counts.get(notice.delivery.dispatch_id, 0) + 1
    for dispatch in map(ledger.find_dispatch, counts):
        if because is not Because.UNSUBSCRIBED or dispatch.message_class == "newsletter":
            yield dispatch, counts[dispatch.id]


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every address in the file."""
    shown = str(file)
    try:
        text = text_of(read_bytes(file, shown, MAX_BYTES), shown)
    except OSError as error:
        raise MailerError(f"{shown} cannot be read: {error.strerror or error}.") from error
    lines = text.splitlines()
    head = next((line for line in lines if line.strip()), "")
    delimiter = next((sign for sign in DELIMITERS if sign in head), ",")
    names = [cell.strip().strip('"').casefold() for cell in head.split(delimiter)]
    column = next((names.index(name) for name in COLUMNS if name in names), None)
    if column is None:
        if "@" not in head and delimiter in head:
            hint = "Call the column with the addresses `email`."
            raise ProblemsError([Problem("has no column `email`.", hint, shown, 1)])
        yield from _plain(lines)
        return
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    started = False
    for cells in reader:
        if started and any(cell.strip() for cell in cells):
            yield reader.line_num, cells[column] if column < len(cells) else ""
        started = started or any(cell.strip() for cell in cells)


def _plain(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            yield number, line
