"""Which file of a template, and which of its lines, is to blame for markup that no letter can have."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mailer.errors import RenderError
from mailer.model.issue import Item
from mailer.render.mjml import VOID, MarkupError
from mailer.render.template import Template

Trial = Callable[[tuple[Item, ...]], None]
"""Lays out these items only; MarkupError where that cannot be done."""

PIECE = re.compile(
    r"\{#.*?#\}|\{\{.*?\}\}|\{%-?\s*(?P<word>\w*).*?%\}|<!--.*?-->"
    r"|<(?P<close>/?)(?P<name>[A-Za-z][\w:-]*)(?:\{[{%#].*?[}%#]\}|[^<>\"']|\"[^\"]*\"|'[^']*')*?(?P<empty>/?)>",
    re.DOTALL,
)


def blamed(error: MarkupError, template: Template, items: Sequence[Item], trial: Trial) -> RenderError:
    """The error with its file and, where it can be found, its line: mjml-python does not say where it stopped."""
    place = next(filter(None, (_place(template, sign) for sign in error.signs)), "")
    if place:
        return RenderError(f"{place}: {error}.", error.hint)
    culprit = _culprit(items, trial)
    if culprit is None:
        own = map(template.file, _names(template))
        odd = next(filter(None, (_odd_tag(template, file) for file in dict.fromkeys(own))), "")
        return RenderError(f"{odd or f'{template.shown} cannot lay out this version: {error}'}.", error.hint)
    item, fault = culprit
    file = template.file(f"items/{item.kind}.mjml.j2")
    words = _odd_tag(template, file) or f"{file}: {fault}"
    return RenderError(f'Item "{item.id}" cannot be laid out by {words}.', fault.hint)


def _place(template: Template, sign: str) -> str:
    """File and line where a sign stands first; "" for nowhere."""
    for name in _names(template):
        before, found, _ = template.sources[name].casefold().partition(sign.casefold())
        if found:
            return f"{template.file(name)}:{before.count(chr(10)) + 1}"
    return ""


def _names(template: Template) -> list[str]:
    """The template's own files before those of its bases."""
    own = f"{template.shown}/"
    return sorted(template.sources, key=lambda name: (not template.file(name).startswith(own), name))


def _culprit(items: Sequence[Item], trial: Trial) -> tuple[Item, MarkupError] | None:
    """The first item that cannot be laid out even alone; None where it is not for the items."""
    if _fault(trial, ()) is not None:
        return None
    for item in items:
        fault = _fault(trial, (item,))
        if fault is not None:
            others = {other.kind: other for other in items if other.kind != item.kind}
            shared = bool(others) and all(_fault(trial, (other,)) for other in others.values())
            return None if shared else (item, fault)
    return None


def _fault(trial: Trial, items: tuple[Item, ...]) -> MarkupError | None:
    try:
        trial(items)
    except MarkupError as error:
        return error
    except RenderError:
        pass
    return None


def _odd_tag(template: Template, file: str) -> str:
    """The first tag of a file that has no partner, with its line; "" where all have one."""
    source = next((text for name, text in template.sources.items() if template.file(name) == file), "")
    odd = odd_tag(source)
    return f"{file}:{odd[0]}: {odd[1]}" if odd else ""


def odd_tag(source: str) -> tuple[int, str] | None:
    """Line of the first tag that is not closed, or closes nothing, and words that say so.

    None, too, where a tag opened in one branch is closed in another: that cannot be told from the source.
    """
    opened: list[tuple[str, int]] = []
    forks: list[list[tuple[str, int]]] = []
    for piece in PIECE.finditer(source):
        line = source.count("\n", 0, piece.start()) + 1
        name, word = piece["name"], piece["word"]
        if word in ("if", "for"):
            forks.append(list(opened))
        elif word in ("else", "elif", "endif", "endfor") and forks:
            if opened != forks[-1]:
                return None
            if word.startswith("end"):
                forks.pop()
        if name is None or piece["empty"] or name in VOID:
            continue
        if not piece["close"]:
            opened.append((name, line))
        elif opened and opened[-1][0] == name:
            opened.pop()
        elif name in (one for one, _ in opened):
            break
        else:
            return line, f"</{name}> closes nothing"
    return (opened[-1][1], f"<{opened[-1][0]}> is not closed") if opened else None
