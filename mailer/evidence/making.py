"""Making a record of notice: rows, summary, the statement about them, and its signature."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.evidence.record import Record, Row, clean, head_in_order, lasting_head, link, summary_digest
from mailer.evidence.rows import Around, lasting_cells, moment, rows_of
from mailer.evidence.signing import public_key, sign
from mailer.evidence.summary import summary_of
from mailer.ledger import Notice, Stood
from mailer.model.dispatch import Dispatch, DispatchState

OFFICE, LEDGER, EXPORTED, KEY = "Office", "Send record", "Exported at (UTC)", "Public key"
ROWS, HEAD, SUMMARY = "Rows", "Head of the chain", "Head of the summary"
SENDING, PROOF, STATE, NOTED = "Sending", "Proof of", "State of", "Lasting head of"
"""Names of the statement's lines; the last four are followed by a sending's id."""
NOTED_FORM = "sha256:"

CLAIM = (
    "Taken over: the mail service accepted the mail and answered for it. It does not say that anybody read it.",
    "Bounced: what was heard by the day of export. No entry: nothing was heard.",
    "This sheet and the rows are signed. To see that nothing was changed: mailer verify FILE",
)


@dataclass(frozen=True, slots=True)
class Sending:
    """One dispatch with its deliveries."""

    dispatch: Dispatch
    notices: tuple[Notice, ...]

    @property
    def noted(self) -> str:
        """What dispatches.yaml notes when the sending is finished: a head over what never changes after that."""
        return noted_head(self.dispatch, self.notices)


@dataclass(frozen=True, slots=True)
class Made:
    """A record, and its rows before they were linked."""

    record: Record
    rows: tuple[Row, ...]


def make_record(
    sendings: Sequence[Sending], around: Around, *, seed: bytes, ledger_id: str, office: str, at: datetime
) -> Made:
    """The record of these sendings as the ledger has them now, signed with the key that `seed` makes."""
    rows = rows_of(((one.dispatch, one.notices) for one in sendings), around)
    linked = tuple(link(rows))
    summary = summary_of(rows, (*_told(sendings, office, at), *CLAIM))
    statement = {
        OFFICE: clean(office),
        LEDGER: ledger_id,
        EXPORTED: moment(at),
        ROWS: str(len(rows)),
        HEAD: linked[-1].hash if linked else "",
        SUMMARY: summary_digest(summary),
    }
    for one in sendings:
        name = one.dispatch.id
        statement[f"{SENDING} {name}"] = one.dispatch.slug
        statement[f"{PROOF} {name}"] = one.dispatch.digest
        statement[f"{STATE} {name}"] = one.dispatch.state.value
        statement[f"{NOTED} {name}"] = one.noted
    statement[KEY] = public_key(seed)
    return Made(Record(linked, summary, statement, sign(seed, statement)), tuple(rows))


def noted_head(dispatch: Dispatch, notices: Iterable[Notice]) -> str:
    """`sha256:` and the head over what never changes of a finished dispatch's deliveries."""
    return NOTED_FORM + lasting_head(lasting_cells(notice, dispatch) for notice in notices)


def head_to_note(dispatch: Dispatch, stood: Iterable[Notice | Stood]) -> str:
    """The same, of deliveries that come in the order of their Message-IDs: however many, they take no memory."""
    return NOTED_FORM + head_in_order(lasting_cells(one, dispatch) for one in stood)


def _told(sendings: Sequence[Sending], office: str, at: datetime) -> Iterable[str]:
    yield clean(f"{office}. Exported on {moment(at)} UTC.")
    for one in sendings:
        dispatch = one.dispatch
        under_way = "" if dispatch.state in ENDED else f"; it is {dispatch.state} and not finished"
        yield clean(
            f"Sending {dispatch.id} of {dispatch.slug} on {moment(dispatch.created_at)} UTC through "
            f"{dispatch.relay}, proof {dispatch.digest[:6]}{under_way}."
        )


ENDED = (DispatchState.FINISHED, DispatchState.CANCELLED)
