"""How words look at one place: what they inherit, and what their element changes."""

from __future__ import annotations

from typing import NamedTuple

Leading = tuple[float, bool]
"""The height of a line: how much, and whether as a share of the size of its words, not in pixels."""


class Look(NamedTuple):
    """What is known of words at a place; None for what is not."""

    colour: str | None
    ground: str | None
    dark_colour: str | None
    dark_ground: str | None
    size: float | None
    """Pixels."""
    leading: Leading | None
    is_bold: bool
    is_underlined: bool
    is_justified: bool
    is_hidden: bool
    has_edge: bool
    """Whether a line stands under the words, as borders do."""
    is_block: bool
    """Whether its element is shown as a block, within a line or on its own."""
    padding: float
    """Above and below together."""

    @property
    def line(self) -> float | None:
        """The height of a line in pixels."""
        if self.size is None or self.leading is None:
            return None
        number, is_share = self.leading
        return number * self.size if is_share else number
