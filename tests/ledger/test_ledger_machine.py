"""Any order of anything: a model of the ledger in plain dictionaries, and the real one beside it."""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import Phase as Steps
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from ledger_cases import LIFE, Clock, SqliteLedgers, a_plan

from mailer.errors import LedgerError, LostClaimError
from mailer.ledger import Holder, Ledger
from mailer.model.dispatch import TRANSITIONS, Claimed, DispatchState, PlannedDelivery, State
from mailer.model.message import Outcome, Phase, Reply, Verdict
from mailer.model.pace import Limits, Pace, Settling, Turn
from mailer.model.suppression import Because

S = State
READERS = ("anna", "bakyt", "chen", "dina")
PICK = st.integers(0, 63)
OWN = st.lists(st.sampled_from(["kz", "uz", "may"]), min_size=1, max_size=3, unique=True)
"""What one message may be for, in place of what its dispatch is for."""
WAITING = {S.PLANNED, S.DEFERRED}
ENDED = {S.ACCEPTED, S.REFUSED, S.UNKNOWN, S.SKIPPED, S.EXPIRED, S.CANCELLED}
IN_HAND = {S.CLAIMED, S.HANDED}
GOT_NOTHING = {S.SKIPPED, S.EXPIRED, S.CANCELLED}

# Written out once more, from the design and not from the code.
BEFORE_THE_DOT = {Verdict.RELEASED: S.PLANNED, Verdict.DEFERRED: S.DEFERRED, Verdict.REFUSED: S.REFUSED}
AFTER_THE_DOT = {
    Verdict.ACCEPTED: S.ACCEPTED,
    Verdict.DEFERRED: S.DEFERRED,
    Verdict.REFUSED: S.REFUSED,
    Verdict.RELEASED: S.DEFERRED,
}


def with_own(planned: PlannedDelivery, own: dict[str, list[str]]) -> PlannedDelivery:
    return replace(planned, occasions=tuple(own.get(planned.address.partition("@")[0], ())))


@dataclass
class Row:
    """What the model knows of one delivery."""

    place: int
    state: State
    due: datetime
    keys: tuple[tuple[str, str], ...] = ()
    """(realm, occasion) of all that it is for."""
    token: int = 0
    holder: str = ""
    tries: int = 0
    doubted: bool = False
    dots: int = 0
    """Final dots whose answer does not say that the message was not kept."""
    resends: int = 0
    dated: datetime | None = None


@dataclass
class Sent:
    """What the model knows of one dispatch."""

    key: tuple[str, str]
    notice: bool
    rehearsal: bool
    expires: datetime
    begins: datetime
    """Before then nothing is claimed."""
    state: DispatchState = DispatchState.OPEN
    rows: dict[str, Row] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return all(row.state in ENDED for row in self.rows.values())


class LedgerMachine(RuleBasedStateMachine):
    """Every verb in any order. After each step the ledger must stand exactly where the model does."""

    ledgers_in: ClassVar[Callable[[Path], SqliteLedgers]]
    seen: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.ledgers = type(self).ledgers_in(Path(self.folder.name))
        self.clock = Clock()
        self.ledger: Ledger = self.ledgers.open(self.clock)
        self.sent: dict[str, Sent] = {}
        self.opened = 0
        self.is_paced = False
        self.places = 0
        self.claims: dict[tuple[str, str, str], str] = {}
        self.holders: dict[str, Holder] = {}
        self.dead: set[str] = set()
        self.gone: list[Holder] = []
        self.hands: list[Claimed] = []
        self.listed: set[tuple[str, Because]] = set()
        self.last_token = 0
        self.latest = self.clock.now
        """The latest moment at which a row came to wait, or was claimed."""
        self.history: dict[int, State] = {}
        self.dots: Counter[tuple[str, str, str]] = Counter()
        self.resends: Counter[tuple[str, str, str]] = Counter()
        self.checked = 0
        self.hold()
        self.open(set(READERS), "may", 1, {"dina": ["kz", "uz"]})

    def teardown(self) -> None:
        if hasattr(self, "ledger"):
            self.ledger.close()
            for holder in [*self.holders.values(), *self.gone]:
                holder.lock.drop()
            self.folder.cleanup()

    # What the model works with

    def one(self, pick: int) -> tuple[str, Sent]:
        names = list(self.sent)
        name = names[pick % len(names)]
        return name, self.sent[name]

    def pick_claimed(self, pick: int, *states: State) -> Claimed:
        """Mostly one that can go on, now and then any that was ever claimed."""
        able = [claimed for claimed in self.hands if self.is_held(claimed, *states)]
        among = able if able and pick % 4 else self.hands
        return among[pick % len(among)]

    def row_of(self, claimed: Claimed) -> Row | None:
        sent = self.sent.get(claimed.dispatch_id)
        return sent.rows[claimed.address] if sent else None

    def is_held(self, claimed: Claimed, *states: State) -> bool:
        row = self.row_of(claimed)
        return row is not None and row.token == claimed.token and row.state in states

    def end(self, name: str, address: str, state: State, due: datetime | None = None) -> State:
        """Put a row where it goes; in a cancelled dispatch nothing waits; who got nothing may be written to again."""
        sent = self.sent[name]
        row = sent.rows[address]
        if state in WAITING:
            self.latest = max(self.latest, self.clock.now)
        if state in WAITING and sent.state is DispatchState.CANCELLED:
            state = S.CANCELLED
        row.state, row.due, row.holder = state, due or self.clock.now, row.holder if state in IN_HAND else ""
        if state in GOT_NOTHING and not row.doubted:
            for key in row.keys:
                self.claims.pop((*key, address), None)
        type(self).seen[state] += 1
        return state

    def end_waiting(self, name: str, state: State, only: set[str] | None = None) -> int:
        waiting = [
            a
            for a, row in self.sent[name].rows.items()
            if row.state in WAITING and (only is None or a in only)
        ]
        for address in waiting:
            self.end(name, address, state)
        return len(waiting)

    def take_back(self, holder_id: str) -> tuple[int, int]:
        planned = unknown = 0
        for name, sent in self.sent.items():
            for address, row in sent.rows.items():
                if row.holder == holder_id and row.state is S.CLAIMED:
                    self.end(name, address, S.PLANNED)
                    planned += 1
                elif row.holder == holder_id and row.state is S.HANDED:
                    row.tries += 1
                    row.doubted = True
                    self.end(name, address, S.UNKNOWN)
                    unknown += 1
        return planned, unknown

    @precondition(lambda self: self.sent)
    @rule(pick=PICK, what=st.integers(0, 8))
    def rarely(self, pick: int, what: int) -> None:
        """Verbs that would crowd out the others, were each a rule of its own."""
        verbs: list[tuple[Callable[[int], None], object]] = [
            (self.expire, True),
            (self.skip, self.hands),
            (self.leave, set(self.holders) - self.dead),
            (self.skip_waiting, True),
            (self.unsuppress, True),
            (self.claim_after_being_taken_for_dead, self.gone),
            (self.open_the_ledger_again, True),
            (self.open_twice, True),
            (self.forget_rehearsals, True),
        ]
        verb, able = verbs[what]
        if able:
            verb(pick)

    # Planning

    @precondition(lambda self: len(self.sent) < 3)
    @rule(
        who=st.sets(st.sampled_from(READERS)),
        occasion=st.sampled_from(["may", "june"]),
        kind=PICK,
        own=st.dictionaries(st.sampled_from(READERS), OWN, max_size=3),
    )
    def open(self, who: set[str], occasion: str, kind: int, own: dict[str, list[str]]) -> None:
        self.opened += 1
        name, rehearsal, notice = f"d{self.opened}", kind % 5 == 0, kind % 3 == 0
        plan = a_plan(
            sorted(who),
            name,
            occasion=occasion,
            rehearsal=rehearsal,
            message_class="notice" if notice else "newsletter",
            at=self.clock.now,
        )
        begins = self.clock.now + timedelta(hours=kind % 7 // 5)
        plan = replace(plan, dispatch=replace(plan.dispatch, not_before=begins))
        plan = replace(plan, deliveries=tuple(with_own(one, own) for one in plan))
        realm = plan.dispatch.realm
        sent = Sent((realm, occasion), notice, rehearsal, self.clock.now + LIFE, begins)
        already = []
        for planned in plan:
            keys = tuple((realm, one) for one in planned.occasions or (occasion,))
            held = [key for key in keys if (*key, planned.address) in self.claims]
            told = [key for key in keys if self.ledger.claimed_addresses(*key, [planned.address])]
            assert told == held, "a plan that is printed says what opening it will do"
            if held:
                already.append(planned.address)
            else:
                self.places += 1
                self.claims.update({(*key, planned.address): name for key in keys})
                sent.rows[planned.address] = Row(self.places, S.PLANNED, self.clock.now, keys)
        opened = self.ledger.open_dispatch(plan)
        self.latest = max(self.latest, self.clock.now)
        self.sent[name] = sent
        assert (opened.planned, opened.already) == (len(sent.rows), tuple(already))

    def open_twice(self, pick: int) -> None:
        name, _ = self.one(pick)
        with pytest.raises(LedgerError, match="opened before"):
            self.ledger.open_dispatch(a_plan(READERS, name, occasion="july"))

    # Delivering

    @precondition(lambda self: len(self.holders) < 3)
    @rule()
    def hold(self) -> None:
        holder = self.ledger.hold()
        self.holders[holder.id] = holder

    @precondition(lambda self: self.sent and self.holders)
    @rule(pick=PICK, holder=PICK, n=st.integers(1, 4))
    def claim(self, pick: int, holder: int, n: int) -> None:
        name, _ = self.one(pick)
        holder_id = list(self.holders)[holder % len(self.holders)]
        expected = self.expect_claimed(name, n, holder_id)
        self.got(name, self.ledger.claim(name, n, self.holders[holder_id]), expected)

    def expect_claimed(self, name: str, n: int, holder_id: str, pace: Pace | None = None) -> list[str]:
        """Who is claimed, or skipped on the way, put where they go.

        Where domains have limits, the whole line is looked at; and all that was never tried is due when they change.
        """
        sent, now = self.sent[name], self.clock.now
        expected: list[str] = []
        if sent.state is not DispatchState.OPEN or now >= sent.expires or now < sent.begins:
            return expected
        self.mind_the_clock()
        if pace is not None and not self.is_paced:
            self.is_paced = True
            self.bring_forward()
        waiting = [(a, r) for a, r in sent.rows.items() if r.state in WAITING and r.due <= now]
        for address, row in sorted(waiting, key=lambda one: (one[1].due, one[1].place)):
            if len(expected) == n and pace is None:
                break
            reasons = {because for listed, because in self.listed if listed == address}
            if reasons - ({Because.UNSUBSCRIBED} if sent.notice else set()):
                self.end(name, address, S.SKIPPED)
            elif len(expected) < n:
                row.state, row.holder = S.CLAIMED, holder_id
                expected.append(address)
        if expected:
            self.latest = now
        return expected

    def mind_the_clock(self) -> None:
        """After it was set back, what was never tried is due all the same, a later try waits as it was to."""
        now = self.clock.now
        if now >= self.latest:
            return
        by, self.latest = self.latest - now, now
        self.bring_forward()
        for row in (row for one in self.sent.values() for row in one.rows.values()):
            if row.state is S.DEFERRED and row.due > now:
                row.due = max(now, row.due - by)

    def bring_forward(self) -> None:
        for row in (row for one in self.sent.values() for row in one.rows.values()):
            row.due = min(row.due, self.clock.now) if row.state is S.PLANNED else row.due

    def got(self, name: str, got: Sequence[Claimed], expected: list[str]) -> None:
        sent, now = self.sent[name], self.clock.now
        assert [claimed.address for claimed in got] == expected
        if got:
            assert min(claimed.token for claimed in got) > self.last_token, (
                "a token is higher than all before"
            )
            self.last_token = max(claimed.token for claimed in got)
        for claimed in got:
            row = sent.rows[claimed.address]
            row.token = claimed.token
            row.dated = row.dated or now
            assert (claimed.dated_at, claimed.attempts) == (row.dated, row.tries)
            self.hands.append(claimed)

    @precondition(lambda self: self.hands)
    @rule(pick=PICK)
    def hand(self, pick: int) -> None:
        self.hand_one(self.pick_claimed(pick, S.CLAIMED))

    def hand_one(self, claimed: Claimed) -> None:
        if not self.is_held(claimed, S.CLAIMED):
            with pytest.raises(LostClaimError):
                self.ledger.hand(claimed)
            return
        sent = self.sent[claimed.dispatch_id]
        if sent.state is DispatchState.CANCELLED:
            with pytest.raises(LostClaimError):
                self.ledger.hand(claimed)
            self.end(claimed.dispatch_id, claimed.address, S.CANCELLED)
            return
        if self.clock.now >= sent.expires:
            with pytest.raises(LostClaimError):
                self.ledger.hand(claimed)
            self.end(claimed.dispatch_id, claimed.address, S.PLANNED)
            return
        self.ledger.hand(claimed)
        row = sent.rows[claimed.address]
        row.state = S.HANDED
        self.dots.update((*key, claimed.address) for key in row.keys)

    @precondition(lambda self: self.hands)
    @rule(pick=PICK, verdict=st.sampled_from(Verdict), replied=st.booleans(), hours=st.integers(0, 90))
    def settle(self, pick: int, verdict: Verdict, replied: bool, hours: int) -> None:
        self.settle_one(self.pick_claimed(pick, S.HANDED if pick % 3 else S.CLAIMED), verdict, replied, hours)

    def settle_one(self, claimed: Claimed, verdict: Verdict, replied: bool, hours: int) -> None:
        outcome = Outcome(verdict, Phase.DOT, Reply(450, "later") if replied else None)
        due = self.clock.now + timedelta(hours=hours)
        if not self.is_held(claimed, *IN_HAND):
            with pytest.raises(LostClaimError):
                self.ledger.settle(claimed, outcome, due)
            return
        row = self.row_of(claimed)
        assert row is not None
        handed = row.state is S.HANDED
        to = (AFTER_THE_DOT if replied else {}) | {Verdict.UNKNOWN: S.UNKNOWN} if handed else BEFORE_THE_DOT
        if verdict not in to:
            with pytest.raises(LedgerError, match="cannot be settled") as raised:
                self.ledger.settle(claimed, outcome, due)
            assert not isinstance(raised.value, LostClaimError)
            return
        row.tries += verdict is not Verdict.RELEASED
        row.doubted |= verdict is Verdict.UNKNOWN
        if handed and to[verdict] in (S.DEFERRED, S.REFUSED):
            self.dots.subtract((*key, claimed.address) for key in row.keys)
        settled = self.ledger.settle(claimed, outcome, due)
        assert settled is self.end(claimed.dispatch_id, claimed.address, to[verdict], due)

    @precondition(lambda self: self.sent and self.holders)
    @rule(
        pick=PICK,
        verdicts=st.lists(st.sampled_from([*AFTER_THE_DOT, Verdict.UNKNOWN]), min_size=1, max_size=3),
    )
    def deliver(self, pick: int, verdicts: list[Verdict]) -> None:
        """The usual way, so that the walk often comes to what may follow it."""
        before = len(self.hands)
        self.claim(pick, pick, len(verdicts))
        for claimed, verdict in zip(self.hands[before:], verdicts, strict=False):
            self.every_row_stands_where_the_model_has_it()
            self.hand_one(claimed)
            self.every_row_stands_where_the_model_has_it()
            self.settle_one(claimed, verdict, True, pick % 9)

    @precondition(lambda self: self.sent and self.holders)
    @rule(pick=PICK, verdict=st.sampled_from([*AFTER_THE_DOT, Verdict.UNKNOWN]))
    def deliver_one(self, pick: int, verdict: Verdict) -> None:
        self.deliver(pick, [verdict])

    @precondition(lambda self: self.sent and self.holders)
    @rule(
        pick=PICK,
        n=st.integers(0, 4),
        verdict=st.sampled_from([*AFTER_THE_DOT, Verdict.UNKNOWN]),
        what=st.lists(st.sampled_from(["settle", "settle", "skip", "release", "hand", "hand"]), max_size=6),
        pace=st.sampled_from([None, None, Pace("outbox", domains={"*": Limits(per_second=1_000)})]),
    )
    def work(self, pick: int, n: int, verdict: Verdict, what: list[str], pace: Pace | None) -> None:
        """A worker's turn with a group of everything, some of it no longer held."""
        name, sent = self.one(pick)
        holder_id = list(self.holders)[pick % len(self.holders)]
        mine = {claimed.id: claimed for claimed in self.hands if claimed.dispatch_id == name}
        groups: dict[str, list[Claimed]] = defaultdict(list)
        for claimed, to in zip(list(mine.values())[-len(what) :], what, strict=False):
            groups[to].append(claimed)
        settle, expected = self.expect_settled(groups["settle"], verdict, pick % 9)
        for to, state in (("skip", S.SKIPPED), ("release", S.PLANNED)):
            for claimed in groups[to]:
                if self.is_held(claimed, S.CLAIMED):
                    self.end(name, claimed.address, state)
        handed = {one.id for one in groups["hand"] if self.expect_handed(one)}
        claimed_now = self.expect_claimed(name, n, holder_id, pace) if n else []
        turned = self.ledger.turn(
            name,
            self.holders[holder_id],
            Turn(
                settle=tuple(settle),
                skip=tuple((one, "The report has come in.") for one in groups["skip"]),
                release=tuple(groups["release"]),
                hand=tuple(groups["hand"]),
                claim=n,
            ),
            pace,
        )
        assert (turned.settled, turned.handed) == (expected, handed)
        self.got(name, turned.claimed, claimed_now)
        finished = sent.done and sent.state is not DispatchState.CANCELLED
        assert turned.state is (DispatchState.FINISHED if finished else sent.state)

    def expect_settled(
        self, some: list[Claimed], verdict: Verdict, hours: int
    ) -> tuple[list[Settling], dict[int, State]]:
        """Settlings that can be, and where they lead."""
        settle: list[Settling] = []
        expected: dict[int, State] = {}
        due = self.clock.now + timedelta(hours=hours)
        for claimed in some:
            row = self.row_of(claimed)
            assert row is not None
            is_held = self.is_held(claimed, *IN_HAND)
            one = verdict
            if is_held and row.state is S.CLAIMED and verdict not in BEFORE_THE_DOT:
                one = Verdict.DEFERRED
            settle.append(Settling(claimed, Outcome(one, Phase.DOT, Reply(450, "later")), due))
            if is_held:
                handed = row.state is S.HANDED
                to = ({Verdict.UNKNOWN: S.UNKNOWN} | AFTER_THE_DOT) if handed else BEFORE_THE_DOT
                row.tries += one is not Verdict.RELEASED
                row.doubted |= one is Verdict.UNKNOWN
                if handed and to[one] in (S.DEFERRED, S.REFUSED):
                    self.dots.subtract((*key, claimed.address) for key in row.keys)
                expected[claimed.id] = self.end(claimed.dispatch_id, claimed.address, to[one], due)
        return settle, expected

    def expect_handed(self, claimed: Claimed) -> bool:
        if not self.is_held(claimed, S.CLAIMED):
            return False
        sent = self.sent[claimed.dispatch_id]
        if sent.state is DispatchState.CANCELLED:
            self.end(claimed.dispatch_id, claimed.address, S.CANCELLED)
            return False
        if self.clock.now >= sent.expires:
            self.end(claimed.dispatch_id, claimed.address, S.PLANNED)
            return False
        row = sent.rows[claimed.address]
        row.state = S.HANDED
        self.dots.update((*key, claimed.address) for key in row.keys)
        return True

    @precondition(lambda self: self.hands)
    @rule(picks=st.lists(PICK, min_size=1, max_size=3))
    def release(self, picks: list[int]) -> None:
        chosen = [self.pick_claimed(pick, S.CLAIMED) for pick in picks]
        expected = 0
        for claimed in chosen:
            if self.is_held(claimed, S.CLAIMED):
                self.end(claimed.dispatch_id, claimed.address, S.PLANNED)
                expected += 1
        assert self.ledger.release(chosen) == expected

    def skip(self, pick: int) -> None:
        claimed = self.pick_claimed(pick, S.CLAIMED)
        if self.is_held(claimed, S.CLAIMED):
            self.ledger.skip(claimed, "The report has come in.")
            self.end(claimed.dispatch_id, claimed.address, S.SKIPPED)
        else:
            with pytest.raises(LostClaimError):
                self.ledger.skip(claimed, "The report has come in.")

    # Dying

    @precondition(lambda self: set(self.holders) - self.dead)
    @rule(pick=PICK)
    def crash(self, pick: int) -> None:
        living = sorted(set(self.holders) - self.dead, key=list(self.holders).index)
        holder_id = living[pick % len(living)]
        self.ledgers.crash(self.holders[holder_id])
        self.dead.add(holder_id)

    def leave(self, pick: int) -> None:
        living = sorted(set(self.holders) - self.dead, key=list(self.holders).index)
        holder = self.holders.pop(living[pick % len(living)])
        holder.close()
        self.take_back(holder.id)
        self.gone.append(holder)

    @precondition(lambda self: self.dead)
    @rule()
    def recover(self) -> None:
        planned = unknown = 0
        for holder_id in self.dead:
            back = self.take_back(holder_id)
            planned, unknown = planned + back[0], unknown + back[1]
            self.gone.append(self.holders.pop(holder_id))
        self.dead.clear()
        recovered = self.ledger.recover()
        assert (recovered.planned, recovered.unknown) == (planned, unknown)

    def claim_after_being_taken_for_dead(self, pick: int) -> None:
        with pytest.raises(LostClaimError):
            self.ledger.claim(self.one(pick)[0], 1, self.gone[pick % len(self.gone)])

    def open_the_ledger_again(self, pick: int) -> None:
        self.ledger.close()
        self.ledger = self.ledgers.open(self.clock)

    # Deciding

    @rule(who=st.sampled_from(READERS), because=st.sampled_from(Because))
    def suppress(self, who: str, because: Because) -> None:
        self.ledger.suppress(f"{who}@example.org", because)
        self.listed.add((f"{who}@example.org", because))

    def unsuppress(self, pick: int) -> None:
        who = READERS[pick % len(READERS)]
        entries = {entry for entry in self.listed if entry[0] == f"{who}@example.org"}
        assert self.ledger.unsuppress(f"{who}@example.org") == len(entries)
        self.listed -= entries

    @precondition(lambda self: self.sent)
    @rule(pick=PICK, to=st.sampled_from(["pause", "reopen", "reopen", "cancel", "cancel"]))
    def turn(self, pick: int, to: str) -> None:
        name, sent = self.one(pick)
        finished = sent.done and sent.state is not DispatchState.CANCELLED
        if to == "pause":
            if sent.state is DispatchState.OPEN and not finished:
                sent.state = DispatchState.PAUSED
            self.ledger.pause(name, "The mail service asks to wait.")
        elif to == "reopen":
            if finished or sent.state is DispatchState.CANCELLED:
                with pytest.raises(LedgerError, match="any more"):
                    self.ledger.reopen(name)
            else:
                sent.state = DispatchState.OPEN
                self.ledger.reopen(name)
        elif finished:
            with pytest.raises(LedgerError, match="any more"):
                self.ledger.cancel(name, "A wrong date.")
        else:
            sent.state = DispatchState.CANCELLED
            self.ledger.cancel(name, "A wrong date.")
            self.end_waiting(name, S.CANCELLED)

    def expire(self, pick: int) -> None:
        name, sent = self.one(pick)
        expected = self.end_waiting(name, S.EXPIRED) if self.clock.now >= sent.expires else 0
        assert self.ledger.expire(name) == expected
        assert self.ledger.finish_if_done(name) is sent.done

    def skip_waiting(self, pick: int) -> None:
        name, _ = self.one(pick)
        addresses = {f"{who}@example.org" for who in READERS[pick % 4 : pick % 4 + 2]}
        expected = self.end_waiting(name, S.SKIPPED, addresses)
        assert self.ledger.skip_waiting(name, addresses, "The report has come in.") == expected

    @precondition(lambda self: self.sent)
    @rule(pick=PICK, who=st.sampled_from(READERS), accepted=st.booleans())
    def resolve(self, pick: int, who: str, accepted: bool) -> None:
        name, sent = self.one(pick)
        address = f"{who}@example.org"
        doubts = [(n, a) for n, s in self.sent.items() for a, row in s.rows.items() if row.state is S.UNKNOWN]
        if doubts and pick % 4:
            name, address = doubts[pick % len(doubts)]
            sent = self.sent[name]
        row = sent.rows.get(address)
        if (
            row is None
            or row.state is not S.UNKNOWN
            or (sent.state is DispatchState.CANCELLED and not accepted)
        ):
            with pytest.raises(LedgerError):
                self.ledger.resolve(name, address, accepted, "D. Officer")
            return
        assert self.ledger.resolve(name, address, accepted, "D. Officer") is (
            S.ACCEPTED if accepted else S.PLANNED
        )
        if not accepted:
            self.resends.update((*key, address) for key in row.keys)
            if self.clock.now >= sent.expires:
                self.end_waiting(name, S.EXPIRED)
                sent.expires = self.clock.now + timedelta(days=1)
        self.end(name, address, S.ACCEPTED if accepted else S.PLANNED)

    def forget_rehearsals(self, pick: int) -> None:
        forgotten = [
            name
            for name, sent in self.sent.items()
            if sent.rehearsal and not any(row.state in IN_HAND for row in sent.rows.values())
        ]
        for name in forgotten:
            del self.sent[name]
        self.claims = {claim: name for claim, name in self.claims.items() if name in self.sent}
        assert self.ledger.forget_rehearsals() == len(forgotten)

    @rule(hours=st.sampled_from([-5, 1, 1, 7, 7, 30, 73]), pick=PICK)
    def time_goes(self, hours: int, pick: int) -> None:
        self.clock.forward(hours=hours)
        if hours > LIFE / timedelta(hours=1) and self.sent:
            self.expire(pick)

    # What must hold at all times

    @invariant()
    def every_row_stands_where_the_model_has_it(self) -> None:
        for name, sent in self.sent.items():
            rows = list(self.ledger.deliveries(name))
            assert {row.address: row.state for row in rows} == {a: row.state for a, row in sent.rows.items()}
            assert {row.address: row.attempts for row in rows} == {
                a: row.tries for a, row in sent.rows.items()
            }
            for row in rows:
                keys = sent.rows[row.address].keys
                assert keys == tuple((sent.key[0], one) for one in row.occasions or (sent.key[1],))
            for row in rows:
                before = self.history.get(row.id, S.PLANNED)
                assert row.state is before or self.is_step(before, row.state), f"{before} → {row.state}"
                assert (row.due_at is not None) is (row.state in WAITING)
                self.history[row.id] = row.state

    def is_step(self, before: State, after: State) -> bool:
        """Whether one verb may lead from the one to the other: a step, or a step and then out of the waiting line."""
        return after in TRANSITIONS[before] or any(
            between in TRANSITIONS[before] and after in TRANSITIONS[between] & {S.CANCELLED}
            for between in WAITING
        )

    @invariant()
    def figures_are_sums_and_finished_means_all_ended(self) -> None:
        self.checked += 1
        if not self.sent or self.checked % 2:
            return
        name, sent = self.one(self.checked)
        report = self.ledger.report(name)
        assert report.counts == Counter(row.state for row in sent.rows.values())
        assert report.is_finished is sent.done
        assert (report.finished_at is not None) is sent.done
        shown = (
            DispatchState.FINISHED if sent.done and sent.state is not DispatchState.CANCELLED else sent.state
        )
        assert report.dispatch.state is shown
        assert (
            sum(report.by_variant.values())
            == sum(report.by_country.values())
            == report.total
            == len(sent.rows)
        )

    @invariant()
    def nobody_is_held_twice_for_an_occasion(self) -> None:
        holding: dict[tuple[str, str], set[str]] = defaultdict(set)
        for realm, occasion, address in self.claims:
            holding[realm, occasion].add(address)
        one = self.one(self.checked)[1] if self.sent else None
        used = {key for row in one.rows.values() for key in row.keys} | {one.key} if one else set()
        for key in [sorted(used)[self.checked % len(used)]] if used else []:
            everybody = [f"{who}@example.org" for who in READERS]
            assert self.ledger.claimed_addresses(*key, everybody) == holding[key]
            assert self.ledger.holds(*key) == len(holding[key])
            for address in everybody:
                rows = [sent.rows[address] for sent in self.sent.values() if address in sent.rows]
                taking = [row for row in rows if key in row.keys]
                assert sum(row.state not in GOT_NOTHING for row in taking) <= 1

    @invariant()
    def nobody_can_have_it_twice_unless_a_person_said_so(self) -> None:
        for key, dots in self.dots.items():
            assert dots <= 1 + self.resends[key]


def walk(examples: int) -> None:
    LedgerMachine.ledgers_in = SqliteLedgers
    LedgerMachine.seen.clear()
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            phases=(Steps.generate, Steps.shrink),
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert set(LedgerMachine.seen) >= ENDED | WAITING, "the walk has been everywhere"


def test_any_order_of_anything_keeps_every_promise() -> None:
    walk(20)


@pytest.mark.slow
def test_any_order_of_anything_keeps_every_promise_for_long() -> None:
    walk(300)
