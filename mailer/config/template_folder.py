"""A template's folder and those it is based on: where each of its files is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.base import Noun, Slug
from mailer.source import read_noun

TEMPLATE_FILE = "template.yaml"
LAYOUT = "layout.mjml.j2"
THEME = "theme.yaml"
MAX_FILES = 500
"""Files of one template's folder; a folder with more is not a template but somebody's disk."""


class TemplateFile(Noun):
    """template.yaml: what a template is called and what it is based on."""

    title: str = ""
    """What people call it."""
    base: Slug | None = None
    """The template beside it that has whatever this one lacks."""
    text_links: Literal["inline", "numbered"] | None = None
    """Addresses in the text part: behind their words, or numbered in a list at the end. The base's where left out."""


@dataclass(frozen=True, slots=True)
class Level:
    """One folder, as it is on disk and as people know it."""

    path: Path
    shown: str
    file: TemplateFile


@dataclass(frozen=True, slots=True)
class Found:
    """A file of a template."""

    path: Path
    shown: str
    level: Level


@dataclass(frozen=True, slots=True)
class TemplateFolder:
    """A template: its own folder first, then those it is based on."""

    levels: tuple[Level, ...]

    @property
    def shown(self) -> str:
        """The folder as people know it."""
        return self.levels[0].shown

    @property
    def text_links(self) -> Literal["inline", "numbered"]:
        """How the text part shows addresses."""
        return next((level.file.text_links for level in self.levels if level.file.text_links), "inline")

    @property
    def themes(self) -> tuple[str, ...]:
        """Names that `theme:` in an issue may have, sorted."""
        return tuple(sorted({Path(name).stem for name in self.names("themes/*.yaml")}))

    def find(self, name: str) -> Found | None:
        """The file of that name: the template's own, else the nearest base's."""
        return next(iter(self.each(name)), None)

    def each(self, name: str) -> list[Found]:
        """That file in every folder that has it, the template's own first. ProblemsError where one leads out."""
        having = [level for level in self.levels if (level.path / name).is_file()]
        _stay_inside((level, name) for level in having)
        return [Found(level.path / name, f"{level.shown}/{name}", level) for level in having]

    def names(self, *patterns: str) -> list[str]:
        """Names of all files that fit a pattern, in whichever folder, sorted."""
        return sorted({name for level in self.levels for name in names_in(level, patterns)})


def names_in(level: Level, patterns: Sequence[str]) -> list[str]:
    """Names of the files of one folder. ProblemsError where they are too many or lead out of the folder."""
    found = [path for pattern in patterns for path in level.path.glob(pattern) if path.is_file()]
    if len(found) > MAX_FILES:
        problem = Problem(f"has more than {MAX_FILES} files.", "Take out what is no template.", level.shown)
        raise ProblemsError([problem])
    names = sorted({path.relative_to(level.path).as_posix() for path in found})
    _stay_inside((level, name) for name in names)
    return names


def _stay_inside(files: Iterable[tuple[Level, str]]) -> None:
    outside = [
        Problem("leads out of the template's folder.", "Put the file itself there.", f"{level.shown}/{name}")
        for level, name in files
        if not (level.path / name).resolve().is_relative_to(level.path.resolve())
    ]
    if outside:
        raise ProblemsError(outside)


def list_templates(templates: Path) -> list[str]:
    """Names of all templates beside each other, sorted."""
    if not templates.is_dir():
        return []
    folders = (folder for folder in templates.iterdir() if folder.is_dir())
    return sorted(
        folder.name
        for folder in folders
        if any((folder / name).is_file() for name in (TEMPLATE_FILE, LAYOUT, THEME))
    )


def open_template(folder: Path, shown: str = "") -> TemplateFolder:
    """The template in `folder`, with all it is based on.

    ProblemsError where it, or a base, is not there, or bases go round in a circle.
    """
    if folder.name not in list_templates(folder.parent):
        known = list_templates(folder.parent)
        hint = nearest(folder.name, known) or "Make its folder, with a layout and a theme."
        raise ProblemsError([Problem(f'There is no template "{folder.name}".', hint, shown or folder.name)])
    beside = PurePosixPath(shown or folder.name).parent
    levels: list[Level] = []
    name: str | None = folder.name
    while name is not None:
        level = _level(folder.parent / name, (beside / name).as_posix())
        levels.append(level)
        name = level.file.base
        if name is not None:
            _usable(name, levels, folder.parent)
    return TemplateFolder(tuple(levels))


def _level(folder: Path, shown: str) -> Level:
    path = folder / TEMPLATE_FILE
    file = read_noun(TemplateFile, path, f"{shown}/{TEMPLATE_FILE}")[0] if path.is_file() else TemplateFile()
    return Level(folder, shown, file)


def _usable(base: str, levels: Sequence[Level], templates: Path) -> None:
    """ProblemsError where a template cannot be based on `base`."""
    level = levels[-1]
    passed = [one.path.name for one in levels]
    if base in passed:
        way = " → ".join([*passed[passed.index(base) :], base])
        message, hint = f"goes round in a circle: {way}.", "Let one of them be based on none."
    elif base not in list_templates(templates):
        known = [name for name in list_templates(templates) if name not in passed]
        message = f'"{base}" is not a template beside this one.'
        hint = nearest(base, known) or "Take `base` out."
    else:
        return
    _, document = read_noun(TemplateFile, level.path / TEMPLATE_FILE, f"{level.shown}/{TEMPLATE_FILE}")
    raise ProblemsError([Problem(message, hint, document.file, document.line(("base",)), "base")])
