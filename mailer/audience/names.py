"""names.yaml: the register of people and bodies, whose names checks hold texts to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mailer.config.workspace import shown
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.files import NamesFile
from mailer.model.name import KnownName
from mailer.source import Document, Loc, field_path, read_noun

NAMES_FILE = "names.yaml"


def read_names(folder: Path, root: Path) -> NamesFile:
    """The register of names of a recipients folder; an empty one where there is no file.

    ProblemsError with every problem: a name that is there twice, a spelling that is right in one entry and wrong
    in another, sources that nothing knows.
    """
    path = folder / NAMES_FILE
    if not path.exists():
        return NamesFile()
    file, document = read_noun(NamesFile, path, shown(path, root))
    problems = list(_problems(file, document))
    if problems:
        raise ProblemsError(problems)
    return file


def _problems(file: NamesFile, document: Document) -> Iterator[Problem]:
    right: dict[str, str] = {}
    for loc, entry in _entries(file):
        for spelling in entry.right:
            if spelling in right:
                message = f'"{spelling}" is there already, under "{right[spelling]}".'
                yield _problem(document, loc, message, "Keep one of the two.")
            right.setdefault(spelling, entry.name)
        for position, name in enumerate(entry.sources):
            if name not in file.sources:
                message = f'"{name}" is not among the sources.'
                hint = nearest(name, file.sources)
                yield _problem(document, (*loc, "sources", position), message, hint)
    for loc, entry in _entries(file):
        for position, spelling in enumerate(entry.wrong):
            if spelling in right:
                message = f'"{spelling}" is a right spelling of "{right[spelling]}" too.'
                yield _problem(document, (*loc, "wrong", position), message, "Take it out of one of the two.")


def _entries(file: NamesFile) -> Iterator[tuple[Loc, KnownName]]:
    yield from ((("people", index), entry) for index, entry in enumerate(file.people))
    yield from ((("bodies", index), entry) for index, entry in enumerate(file.bodies))


def _problem(document: Document, loc: Loc, message: str, hint: str) -> Problem:
    return Problem(message, hint, document.file, document.line(loc), field_path(loc), "file.value")
