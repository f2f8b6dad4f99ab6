"""The lanes' way to the ledger: what they ask for at about the same time is one transaction, on one thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mailer.errors import LedgerError, LostClaimError
from mailer.ledger import Holder, Ledger
from mailer.model.dispatch import Claimed, State
from mailer.model.pace import Pace, Settling, Turn, Turned

log = logging.getLogger(__name__)

MOST_DELAY = 0.004
"""Seconds that a mail may wait for others to be committed with."""
SHARE = 0.02
"""Of the time that the mail service takes for its answer: the most that such a wait may cost."""
RETRY_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0)
"""Waits while the ledger cannot be written, before what is known is given up."""


class Writer:
    """Groups settle, skip, release, hand and claim into turns of the ledger; one turn runs at a time.

    While the ledger cannot be written, `failure` says why, nothing can be handed over or claimed, and what is to be
    settled is kept and tried again for about a minute.
    """

    def __init__(
        self,
        ledger: Ledger,
        dispatch_id: str,
        holder: Holder,
        pace: Pace | None,
        *,
        settled: Callable[[State], None],
        turned: Callable[[Turned], None],
        failed: Callable[[], None],
    ) -> None:
        self._turn = lambda turn: ledger.turn(dispatch_id, holder, turn, pace)
        self._settled, self._turned, self._failed = settled, turned, failed
        self._thread = ThreadPoolExecutor(1, "ledger")
        self._settle: list[Settling] = []
        self._skip: list[tuple[Claimed, str]] = []
        self._release: list[Claimed] = []
        self._hands: list[tuple[Claimed, asyncio.Future[bool]]] = []
        self._claim: tuple[int, asyncio.Future[Turned]] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._busy: asyncio.Task[None] | None = None
        self._mending: asyncio.Task[None] | None = None
        self.failure: Exception | None = None
        self.sending = 0
        """Lanes with a mail under way: when all of them wait here, nothing is gained by waiting for more."""
        self.latency = 0.0
        """Seconds that the mail service takes for its answer to a message, about."""

    # What lanes ask for

    def settle(self, settling: Settling) -> None:
        """Have it recorded, soon and surely."""
        self._settle.append(settling)
        self._soon()

    def skip(self, claimed: Claimed, why: str) -> None:
        """End a claimed delivery without sending it."""
        self._skip.append((claimed, why))
        self._soon()

    def release(self, claimed: list[Claimed]) -> None:
        """Give back what was claimed and not handed over."""
        self._release += claimed
        self._soon()

    async def hand(self, claimed: Claimed) -> bool:
        """Commit that the dot follows; False where the delivery is lost. LedgerError: it is not committed."""
        if self.failure is not None:
            raise self.failure
        waiting: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._hands.append((claimed, waiting))
        self._soon()
        return await waiting

    async def claim(self, n: int) -> Turned:
        """Up to `n` more deliveries. LedgerError where the ledger cannot be written."""
        if self.failure is not None:
            raise self.failure
        waiting: asyncio.Future[Turned] = asyncio.get_running_loop().create_future()
        self._claim = n, waiting
        self._soon()
        return await waiting

    async def finish(self) -> None:
        """Return when all is recorded. LedgerError where that could not be done in about a minute."""
        try:
            while self._mending or self._busy or (self._is_waiting and self.failure is None):
                if self._mending or self._busy:
                    await asyncio.wait({task for task in (self._mending, self._busy) if task})
                else:
                    self._begin()
            if self.failure is not None:
                raise self.failure
        finally:
            if self._timer is not None:
                self._timer.cancel()
            self._thread.shutdown(wait=True)

    # Turns

    @property
    def _is_waiting(self) -> bool:
        return bool(self._settle or self._skip or self._release or self._hands or self._claim)

    def _soon(self) -> None:
        """See to it that a turn begins; soon where nothing more can be expected to join it."""
        if self._busy is not None or self.failure is not None:
            return
        is_all = len(self._hands) >= self.sending or self._claim is not None
        self._begin_in(0.0 if is_all else min(MOST_DELAY, self.latency * SHARE))

    def _begin_in(self, delay: float) -> None:
        if self._timer is not None:
            if delay:
                return
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(delay, self._begin)

    def _begin(self) -> None:
        self._timer = None
        if self._busy is None and self._is_waiting:
            self._busy = asyncio.create_task(self._one_turn())
            self._busy.add_done_callback(self._ended)

    def _ended(self, _task: asyncio.Task[None]) -> None:
        self._busy = None
        if self._hands and self.failure is None:
            # They have waited for others all the while.
            self._begin_in(0.0)
        elif self._is_waiting:
            self._soon()

    async def _one_turn(self) -> None:
        settle, self._settle = self._settle, []
        skip, self._skip = self._skip, []
        release, self._release = self._release, []
        # Of a lane that was cancelled meanwhile nothing is handed over.
        hands, self._hands = [hand for hand in self._hands if not hand[1].done()], []
        claim, self._claim = self._claim, None
        handed = tuple(claimed for claimed, _ in hands)
        turn = Turn(tuple(settle), tuple(skip), tuple(release), handed, claim[0] if claim else 0)
        try:
            turned = await asyncio.get_running_loop().run_in_executor(self._thread, self._turn, turn)
        except Exception as error:
            self._settle[:0], self._skip[:0], self._release[:0] = settle, skip, release
            for _, waiting in hands:
                if not waiting.done():
                    waiting.set_exception(error)
            if claim is not None and not claim[1].done():
                claim[1].set_exception(error)
            self._fail(error)
            return
        self.failure = None
        for claimed, waiting in hands:
            if not waiting.done():
                waiting.set_result(claimed.id in turned.handed)
        if claim is not None and not claim[1].done():
            claim[1].set_result(turned)
        elif claim is not None:
            self._release += turned.claimed
        self._tell(turn, turned)

    def _tell(self, turn: Turn, turned: Turned) -> None:
        for settling in turn.settle:
            state = turned.settled.get(settling.claimed.id)
            if state is None:
                log.warning("delivery=%d was taken over by somebody else", settling.claimed.id)
            else:
                self._settled(state)
        for _ in turn.skip:
            self._settled(State.SKIPPED)
        self._turned(turned)

    def _fail(self, error: Exception) -> None:
        log.warning("ledger=%s", error)
        self.failure = error
        self._failed()
        passes = isinstance(error, LedgerError) and not isinstance(error, LostClaimError)
        if self._mending is None and passes:
            self._mending = asyncio.create_task(self._mend())

    async def _mend(self) -> None:
        """Try again until what is known is recorded, or too much time has passed."""
        try:
            for seconds in RETRY_SECONDS:
                await asyncio.sleep(seconds)
                await self._one_turn()
                if self.failure is None:
                    return
        finally:
            self._mending = None
