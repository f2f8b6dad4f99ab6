"""What a storm came to: the sink's file against the send record's rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.storm.storm_office import ENDS, StormOffice
from tests.storm.storm_sink import Sink


@dataclass
class Verdict:
    """Counts, and what is wrong in words."""

    mails: int = 0
    dispatches: int = 0
    taken: int = 0
    accepted: int = 0
    refused: int = 0
    lost: int = 0
    """Readers who have neither a right end nor stand in doubt."""
    twice: int = 0
    unknown: int = 0
    unknown_taken: int = 0
    """Of those in doubt, how many the sink has."""
    allowed: int = 0
    """So many may be in doubt: one for each connection that was cut in whatever way."""
    unlisted: int = 0
    """In doubt and not shown by `mailer report`."""
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the promise was kept."""
        return not self.faults

    def __str__(self) -> str:
        kept = "holds" if self.holds else "BROKEN"
        return (
            f"{kept}: {self.mails} mails in {self.dispatches} sendings, "
            f"{self.accepted} taken over, {self.refused} refused as they should be; lost {self.lost}, "
            f"twice {self.twice}, in doubt {self.unknown} of {self.allowed} allowed ({self.unknown_taken} of them "
            f"are with the mail service), not listed {self.unlisted}"
        )


def judge(office: StormOffice, sink: Sink, cuts: int) -> Verdict:
    """Compare row by row; `cuts` is how many connections were cut by killing something at either end."""
    dispatches = office.dispatches()
    taken = sink.taken
    verdict = Verdict(dispatches=len(dispatches), taken=taken.total(), allowed=cuts + sink.mute_dots)
    verdict.twice = sum(count - 1 for count in taken.values())
    known: set[str] = set()
    for dispatch_id in dispatches:
        known |= _judge_dispatch(office, dispatch_id, set(taken), verdict)
    strangers = set(taken) - known
    for what, count in (
        ("Message-IDs came to the sink twice", verdict.twice),
        ("readers were lost", verdict.lost),
        ("mails in doubt are not shown by `mailer report`", verdict.unlisted),
        ("mails in the sink are unknown to the send record", len(strangers)),
        ("more mails in doubt than connections cut", max(0, verdict.unknown - verdict.allowed)),
    ):
        if count:
            verdict.faults.append(f"{count} {what}")
    return verdict


def _judge_dispatch(office: StormOffice, dispatch_id: str, taken: set[str], verdict: Verdict) -> set[str]:
    query = "SELECT address, message_id, state FROM deliveries WHERE dispatch_id = ?"
    rows = [(str(a), str(m), str(s)) for a, m, s in office.rows(query, dispatch_id)]
    verdict.mails += len(rows)
    addresses = {address for address, _, _ in rows}
    if len(rows) != office.readers or len(addresses) != office.readers:
        verdict.faults.append(f"{dispatch_id} has {len(rows)} rows for {office.readers} readers")
    doubts = set()
    for address, message_id, state in rows:
        wanted = next((end for kind, end in ENDS.items() if address.startswith(kind)), "accepted")
        match state:
            case "unknown":
                doubts.add(address)
                verdict.unknown_taken += message_id in taken
            case "accepted":
                verdict.accepted += 1
                if message_id not in taken:
                    verdict.lost += 1
            case "refused":
                verdict.refused += 1
        if state not in (wanted, "unknown"):
            verdict.lost += 1
            verdict.faults.append(f"{address} is {state} and should be {wanted}")
        elif state not in ("unknown", "accepted") and message_id in taken:
            verdict.faults.append(f"{address} is {state}, yet the sink has it")
    verdict.unknown += len(doubts)
    verdict.unlisted += len(doubts - office.listed_doubts(dispatch_id))
    return {message_id for _, message_id, _ in rows}
