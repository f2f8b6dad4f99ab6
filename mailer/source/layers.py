"""Several YAML files as one: each says only what it changes of those before it, and every line stays known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from pydantic import BaseModel

from mailer.errors import Problem, ProblemsError
from mailer.source.document import Document, Loc, field_path
from mailer.source.nouns import as_noun

Read = TypeVar("Read", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Layers:
    """Documents laid over each other, the first one lowest: mappings merge key by key, all else is replaced."""

    document: Document
    """The whole; named after the topmost file."""
    owners: Mapping[Loc, Document] = field(default_factory=dict, repr=False)
    """Value → the file that gave it."""

    def place(self, loc: Sequence[str | int] = ()) -> tuple[str, int | None]:
        """File and line of a value, or of the nearest thing around it."""
        owner = self._owner(tuple(loc))
        return owner.file, owner.line(loc)

    def as_noun(self, model: type[Read]) -> Read:
        """The whole as a noun; ProblemsError with every problem in the file that it comes from."""
        try:
            return as_noun(model, self.document)
        except ProblemsError as error:
            raise ProblemsError(self._at_home(problem) for problem in error.problems) from error

    def _owner(self, loc: Loc) -> Document:
        while loc and loc not in self.owners:
            loc = loc[:-1]
        return self.owners.get(loc, self.document)

    def _at_home(self, problem: Problem) -> Problem:
        """The problem with the file that its value stands in."""
        paths = {field_path(loc): owner for loc, owner in self.owners.items()}
        path = problem.field
        while path and path not in paths:
            path = path.rpartition(".")[0] if path.rfind(".") > path.rfind("[") else path.rpartition("[")[0]
        return replace(problem, file=paths[path].file) if path else problem


def lay_over(documents: Sequence[Document]) -> Layers:
    """Merge documents, the first one lowest. A value that is written empty takes out the one below."""
    top = documents[-1]
    if not all(isinstance(document.data, dict) for document in documents):
        wrong = next(document for document in documents if not isinstance(document.data, dict))
        return Layers(wrong)
    owners: dict[Loc, Document] = {}
    lines: dict[Loc, int] = {}
    data: dict[str, Any] = {}
    for document in documents:
        _merge(data, document.data, (), document, owners)
    for loc, owner in owners.items():
        line = owner.line(loc)
        if line is not None:
            lines[loc] = line
    lines[()] = top.line() or 1
    return Layers(Document(data, top.file, lines), owners)


def _merge(
    below: dict[str, Any], above: Mapping[str, Any], loc: Loc, document: Document, owners: dict[Loc, Document]
) -> None:
    for key, value in above.items():
        here = (*loc, key)
        if isinstance(value, dict):
            if not isinstance(below.get(key), dict):
                below[key] = {}
                owners[here] = document
            _merge(below[key], value, here, document, owners)
        else:
            below[key] = value
            owners[here] = document
