"""A report with the keys that programs may rely on; docs/sending.md lists them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailer.dispatch.account import Account, Because, Doubt
from mailer.dispatch.report import ON_SCREEN
from mailer.ledger import Event
from mailer.model.dispatch import State
from mailer.model.pace import Worker
from mailer.model.report import Tally


def account_json(account: Account, words: Mapping[str, str], server: str) -> dict[str, Any]:
    """The whole account but its rows. `words` names versions, `server` the mail service's host."""
    dispatch, sums = account.dispatch, account.sums
    return {
        "id": dispatch.id,
        "slug": dispatch.slug,
        "occasion": dispatch.occasion,
        "digest": dispatch.digest,
        "rehearsal": dispatch.is_rehearsal,
        "relay": dispatch.relay,
        "server": server,
        "state": dispatch.state.value,
        "why": dispatch.why,
        "created_at": _iso(dispatch.created_at),
        "not_before": _iso(dispatch.not_before),
        "begin_by": _iso(dispatch.begin_by),
        "expires_at": _iso(dispatch.expires_at),
        "first_try_at": _iso(sums.first_try),
        "last_try_at": _iso(sums.last_try),
        "first_taken_over_at": _iso(sums.first_taken),
        "last_taken_over_at": _iso(sums.last_taken),
        "finished_at": _iso(account.finished_at),
        "next_try_at": _iso(account.next_try_at),
        "total": account.total,
        "counts": _counts(account.counts),
        "by": {
            "domain": _tally(sums.by_domain),
            "country": _tally(sums.by_country),
            "language": _tally(sums.by_language),
            "version": _tally(sums.by_variant),
        },
        "versions": dict(words),
        "reasons": [_because(one) for one in account.because],
        "in_doubt": [_doubt(one) for one in account.doubts],
        "events": [_event(one) for one in account.happenings],
        "tries": {
            "seconds": int(sums.width.total_seconds()),
            "stretches": [
                {"at": _iso(one.start), "tries": one.tries, "taken_over": one.taken} for one in sums.stretches
            ],
        },
        "measured_rate": account.measured_rate,
        "set_rate": account.set_rate,
        "seconds_to_finish": account.to_finish.total_seconds() if account.to_finish else None,
        "workers": [_worker(one) for one in account.workers],
        "words": {state.value: words for state, words in ON_SCREEN.items()},
    }


def _counts(states: Mapping[State, int]) -> dict[str, int]:
    return {state.value: count for state, count in states.items() if count}


def _tally(tally: Tally) -> dict[str, dict[str, int]]:
    return {what: _counts(states) for what, states in tally.items()}


def _because(one: Because) -> dict[str, Any]:
    reason = one.reason
    return {
        "state": one.state.value,
        "reason": reason.key,
        "words": reason.words,
        "to_do": reason.todo,
        "whose": reason.whose.value,
        "count": one.count,
        "addresses": [{"address": email, "answer": answer} for email, answer in one.named],
    }


def _doubt(doubt: Doubt) -> dict[str, Any]:
    tried = doubt.tried
    return {
        "address": doubt.delivery.email,
        "message_id": doubt.delivery.message_id,
        "at": _iso(doubt.at),
        "try": tried.n if tried else None,
        "detail": tried.detail if tried else doubt.delivery.detail,
    }


def _event(event: Event) -> dict[str, Any]:
    return {"at": _iso(event.at), "kind": event.kind.value, "address": event.address, "by": event.by} | {
        "why": event.why
    }


def _worker(worker: Worker) -> dict[str, Any]:
    known = {"pid": worker.pid, "host": worker.host, "started_at": _iso(worker.started_at)}
    status = worker.status
    if status is None:
        return known
    return known | {
        "brake": status.brake.value,
        "why": status.why,
        "until": _iso(status.until),
        "connections": status.connections,
        "measured_rate": status.measured_rate,
        "set_rate": status.set_rate,
    }


def _iso(at: Any) -> str | None:
    return at.isoformat() if at is not None else None
