"""Whether a text and its photos are enough for an item of some kind."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

from pydantic import BaseModel

from mailer.content import IssueFile
from mailer.content.kinds import kinds_for
from mailer.errors import UsageError, nearest
from mailer.model.issue import Item, ItemBase


def must_be_possible(kind: str, file: IssueFile, root: Path) -> None:
    """UsageError where there is no such kind, or where it wants what no text says for certain, such as a day."""
    if not kind:
        return
    own = kinds_for(file.document, root, [])
    models = {_kind_of(model): model for model in get_args(get_args(Item)[0])}
    if kind not in own and kind not in models:
        raise UsageError(f'There is no kind "{kind[:40]}".', nearest(kind, {*own, *models}, most=40))
    if kind in own:
        needed = [name for name, field in own[kind].fields.items() if field.required]
    elif kind == "image":
        needed = ["image"]
    else:
        fields = models[kind].model_fields.items()
        needed = [name for name, field in fields if field.is_required() and name not in ("id", "kind")]
    if needed:
        raise UsageError(
            f"An item of kind {kind} needs its `{needed[0]}`, which a text does not say for certain.",
            f"Import it as it comes, then write `kind: {kind}` and `{needed[0]}` into issue.yaml.",
        )


def kind_of(item: ItemBase) -> str:
    """What kind of item it is."""
    return str(getattr(item, "kind", ""))


def _kind_of(model: type[BaseModel]) -> str:
    return str(get_args(model.model_fields["kind"].annotation)[0])
