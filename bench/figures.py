"""Figures from many runs, in words."""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from mailer.render import rendition


def timed(call: Callable[[], object], runs: int = 5) -> float:
    """Median seconds of a few runs."""
    return statistics.median(times_of(call, runs))


def times_of(call: Callable[[], object], runs: int) -> list[float]:
    """Seconds of each run."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return times


def spread(times: Sequence[float]) -> str:
    """`p50 21, p95 34, most 50 ms`."""
    ordered = sorted(times)
    p95 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.95))]
    return (
        f"p50 {statistics.median(ordered) * 1000:.0f}, p95 {p95 * 1000:.0f}, most {ordered[-1] * 1000:.0f} ms"
    )


def told(is_reached: bool) -> str:
    """What is said of a goal."""
    return "reached" if is_reached else "NOT reached"


def peak_megabytes() -> float:
    """The most memory that this process has held."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


@contextmanager
def documents_seen() -> Iterator[list[str]]:
    """Within, every MJML document that is rendered anew is noted, for the yardstick to render too."""
    seen: list[str] = []
    # The module's own reference is exchanged, which it does not export.
    render = vars(rendition)["mjml_to_html"]

    def noted(mjml: str) -> str:
        seen.append(mjml)
        return str(render(mjml))

    vars(rendition)["mjml_to_html"] = noted
    try:
        yield seen
    finally:
        vars(rendition)["mjml_to_html"] = render
