"""Plain text of mails whose lines flow (RFC 3676): the lines that make one are joined."""

from __future__ import annotations

import re

_DEPTH = re.compile(r">*")


def unflowed(text: str, *, delsp: bool) -> str:
    """Each paragraph on one line. `delsp`: the blank that says that a line goes on is not part of it (4.5)."""
    done: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(_DEPTH.match(line)[0])  # type: ignore[index]
        words = line[depth:]
        words = words[1:] if words.startswith(" ") else words
        is_signature = words == "-- "
        goes_on = words.endswith(" ") and not is_signature
        words = words[:-1] if goes_on and delsp else words
        if open_depth == depth and not is_signature:
            done[-1] += words
        else:
            done.append(("> " * depth + words) if depth else words)
        open_depth = depth if goes_on else -1
    return "\n".join(line if line.strip() in ("--",) else line.rstrip(" ") for line in done)
