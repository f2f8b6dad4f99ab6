"""Sending in earnest: `mailer work` beside Postfix's smtp-source, plain aiosmtplib, and what arithmetic allows.

Each row's ratio is of medians of runs that took turns. Mails a second are counted between the first and the last
answer in the send record, as smtp-source is timed without what comes before its first connection.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from bench import pacing, peers, planning
from bench.figures import told
from bench.made_sending import MadeSending, made_sending
from bench.peers import Cost, distant_sink, smtp_sink, smtp_source
from mailer.model.slots import split_slots

Row = tuple[str, str, str]
CONNECTIONS = 10
DISTANT = 0.02
NO_DKIM = "dkim = false\n"
DKIM = """
[[dkim]]
domain = "cami.example.org"
selector = "test"
key_file = "dkim.pem"
"""


@dataclass(frozen=True)
class Scale:
    """How much is measured."""

    mails: int = 20_000
    runs: int = 5
    plain: int = 500
    distant: int = 3_000
    planned: int = 1_000_000
    pace_seconds: float = 30.0


QUICK = Scale(mails=2_000, runs=2, plain=100, distant=1_000, planned=50_000, pace_seconds=10.0)


@dataclass
class Field:
    """What all rows are measured with."""

    folder: Path
    made: MadeSending
    scale: Scale
    started_up: Cost
    """What `mailer work` costs that finds one mail to send: interpreter, imports, the proof, one connection."""

    def ours(self, port: int, mails: int, more: str = NO_DKIM, connections: int = CONNECTIONS) -> Ours:
        """Send to so many readers by `mailer work`, planned beforehand."""
        self.made.use_relay(port, connections, more)
        dispatch_id = self.made.plan(mails)
        cost = peers.run(work(self.made, dispatch_id))
        counts = self.made.counts(dispatch_id)
        if set(counts) != {"accepted"}:
            raise RuntimeError(f"not all was taken over: {counts}")
        times = self.made.times(dispatch_id)
        return Ours(counts["accepted"], len(times) / (times[-1] - times[0]), cost)


@dataclass(frozen=True)
class Ours:
    """One sending: how many, how fast, at what cost."""

    mails: int
    rate: float
    cost: Cost


def work(made: MadeSending, dispatch_id: str) -> list[str]:
    """The program that sends, as `send` and `resume` start it."""
    return [sys.executable, "-m", "mailer", "-w", str(made.root), "work", dispatch_id]


def measure(folder: Path, *, quick: bool = False) -> Iterator[Row]:
    """Rows for the table as they come: what, measured, against what."""
    if not peers.is_there():
        yield "delivering", "smtp-sink and smtp-source are missing", "apt-get install postfix"
        return
    scale = QUICK if quick else Scale()
    arena = _arena(folder, scale)
    rows: tuple[Callable[[Field], Iterator[Row]], ...] = (_sending, _plain, _distant)
    for row in rows:
        yield from row(arena)
    yield from planning.measure(folder / "planning", scale.planned)
    yield from pacing.measure(folder / "pacing", scale.pace_seconds)


def _arena(folder: Path, scale: Scale) -> Field:
    # Some readers of the sample get nothing, so a few more are made than are sent to.
    made = made_sending(folder / "office", scale.mails + scale.mails // 20)
    _write_key(made.root / "dkim.pem")
    arena = Field(folder, made, scale, Cost(0, 0, 0))
    with smtp_sink() as port:
        costs = [arena.ours(port, 2).cost for _ in range(3)]
    arena.started_up = sorted(costs, key=lambda cost: cost.cpu)[1]
    return arena


def _write_key(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    path.write_bytes(pem)
    path.chmod(0o600)


def verdict(ratio: float, goal: float, *, at_most: bool = False) -> str:
    """`1.12 of it; goal at least 1.0: reached`."""
    reached = ratio <= goal if at_most else ratio >= goal
    bound = "at most" if at_most else "at least"
    return f"{ratio:.2f}; goal {bound} {goal:g}: {told(reached)}"


def _sending(arena: Field) -> Iterator[Row]:
    """Without DKIM, with DKIM, and smtp-source, in turn; and what each costs."""
    scale, size = arena.scale, arena.made.size
    plain: list[Ours] = []
    signed: list[Ours] = []
    source: list[tuple[float, float]] = []
    with smtp_sink() as port:
        smtp_source(port, min(1000, scale.mails), size, CONNECTIONS)
        for _ in range(scale.runs):
            cost = smtp_source(port, scale.mails, size, CONNECTIONS)
            source.append((scale.mails / cost.seconds, cost.cpu / scale.mails))
            plain.append(arena.ours(port, scale.mails))
            signed.append(arena.ours(port, scale.mails, DKIM))
    yardstick = statistics.median(rate for rate, _ in source)
    what = f"{scale.mails:,} mails of {size // 1000} KB to smtp-sink, {CONNECTIONS} connections"
    for words, runs, goal in ((what, plain, 1.0), ("the same with DKIM, RSA-2048", signed, 0.85)):
        rate = statistics.median(run.rate for run in runs)
        yield (
            words,
            f"{rate:.0f} a second, {max(run.cost.megabytes for run in runs):.0f} MB",
            f"smtp-source {yardstick:.0f} a second: {verdict(rate / yardstick, goal)}",
        )
    cheap = statistics.median(cpu for _, cpu in source)
    whole = statistics.median(run.cost.cpu / run.mails for run in plain)
    bare = statistics.median((run.cost.cpu - arena.started_up.cpu) / run.mails for run in plain)
    yield (
        "CPU a mail, user and system, no DKIM",
        f"{bare * 1000:.2f} ms; {whole * 1000:.2f} with start and imports ({arena.started_up.cpu:.2f} s)",
        f"smtp-source {cheap * 1000:.2f} ms: {verdict(bare / cheap, 1.0, at_most=True)}; "
        f"with start and imports {whole / cheap:.2f}",
    )


def _plain(arena: Field) -> Iterator[Row]:
    """What the obvious program does with the same mails."""
    parts, key = _parts(arena.made), arena.made.root / "dkim.pem"
    ours: list[float] = []
    theirs: list[float] = []
    with smtp_sink() as port:
        for _ in range(arena.scale.runs):
            ours.append(arena.ours(port, arena.scale.plain, DKIM).rate)
            command = [
                "-m",
                "bench.plain_sender",
                str(port),
                str(CONNECTIONS),
                str(arena.scale.plain),
                str(key),
            ]
            ended = subprocess.run(
                [sys.executable, *command], input=parts, capture_output=True, text=True, check=True
            )
            theirs.append(arena.scale.plain / float(ended.stdout))
    rate, plain = statistics.median(ours), statistics.median(theirs)
    yield (
        f"{arena.scale.plain} of the same with DKIM",
        f"{rate:.0f} a second",
        f"EmailMessage, dkimpy, aiosmtplib {plain:.0f} a second: {verdict(rate / plain, 25)}",
    )


def _parts(made: MadeSending) -> str:
    """The most read version, for the plain sender to put together anew for each reader."""
    keys = [reader.variant for reader in made.composed.readers]
    most = statistics.mode(keys)
    rendition = next(r for r in made.proof.renditions if r.variant.key == most)
    pictures = [(p.cid, p.media_type, b64encode(p.content).decode()) for p in rendition.pictures]
    texts = {name: _with_name(getattr(rendition, name)) for name in ("subject", "text", "html")}
    return json.dumps({**texts, "pictures": pictures})


def _with_name(text: str) -> str:
    return "".join(piece if isinstance(piece, str) else "{name}" for piece in split_slots(text))


def _distant(arena: Field) -> Iterator[Row]:
    """How near to one round trip a mail: each answer comes 20 ms late."""
    rates = []
    for _ in range(min(3, arena.scale.runs)):
        with distant_sink(DISTANT) as port:
            rates.append(arena.ours(port, arena.scale.distant).rate)
    rate, most = statistics.median(rates), CONNECTIONS / DISTANT
    yield (
        f"{arena.scale.distant:,} of the same, {CONNECTIONS} connections, each answer {DISTANT * 1000:.0f} ms late",
        f"{rate:.0f} a second",
        f"one round trip a mail: {most:.0f} a second: {verdict(rate / most, 0.85)}",
    )
