"""Language tags (BCP 47): which of some fits one best."""

from __future__ import annotations

from collections.abc import Iterable

from mailer.model.base import primary


def covers(wanted: str, tag: str) -> bool:
    """Whether a tag is the wanted language or a kind of it: `ru` covers `ru-KZ`, not the other way round."""
    return tag.lower() == wanted.lower() or tag.lower().startswith(f"{wanted.lower()}-")


def best_of(tag: str, available: Iterable[str]) -> str | None:
    """The available tag that is the same, else the first of the same language, else None."""
    choices = list(available)
    if tag in choices:
        return tag
    return next((choice for choice in choices if primary(choice) == primary(tag)), None)
