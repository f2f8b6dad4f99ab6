"""Reading a template: its folder and those it is based on, layout, items, theme, strings and pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from jinja2 import Environment

from mailer.config import TemplateFolder, open_template
from mailer.config.template_folder import LAYOUT, THEME
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.rendition import Picture
from mailer.render.sources import read_sources
from mailer.render.strings import read_strings
from mailer.render.theme import Theme, contrast_problems
from mailer.render.theme_pictures import theme_pictures
from mailer.source import Document, lay_over, read_yaml

__all__ = ["LAYOUT", "Template", "read_template"]


@dataclass(frozen=True, slots=True)
class Template:
    """How issues look in one language and theme: everything that is read from the template's folders."""

    shown: str
    """The folder as people know it."""
    language: str
    theme: Theme
    phrases: Mapping[str, str]
    """The fixed strings of the language."""
    sources: Mapping[str, str] = field(repr=False)
    """Name, as templates call each other → Jinja source."""
    files: Mapping[str, str] = field(repr=False)
    """The same names → file as people know it, in whichever folder it was found."""
    environment: Environment = field(repr=False, compare=False)
    pictures: tuple[Picture, ...] = ()
    """The theme's banner, logo and icons, under `template/…`."""
    text_links: Literal["inline", "numbered"] = "inline"
    """How the text part shows addresses."""

    def file(self, name: str) -> str:
        """The file that goes by that name, as people know it."""
        return self.files.get(name, f"{self.shown}/{name}")


def read_template(folder: Path, language: str, shown: str = "", theme: str | None = None) -> Template:
    """The template in `folder`, with the strings of `language` or of its base language, in one of its themes.

    Raises ProblemsError for base, theme, strings, missing files and Jinja that does not parse, all at once.
    """
    found = open_template(folder, shown)
    problems: list[Problem] = []
    sources = read_sources(found, problems)
    phrases: Mapping[str, str] = {}
    read: Theme | None = None
    pictures: tuple[Picture, ...] = ()
    try:
        layers = lay_over(_theme_files(found, theme))
        read = layers.as_noun(Theme)
        problems += contrast_problems(read, layers)
        pictures = theme_pictures(read, found, layers, problems)
    except ProblemsError as error:
        problems += error.problems
    try:
        phrases = read_strings(found, language, sources.phrases if sources else None)
    except ProblemsError as error:
        problems += error.problems
    if problems or read is None or sources is None:
        raise ProblemsError(problems)
    return Template(
        shown=found.shown,
        language=language,
        theme=read,
        phrases=MappingProxyType(dict(phrases)),
        sources=MappingProxyType(dict(sources.texts)),
        files=MappingProxyType(dict(sources.files)),
        environment=sources.environment,
        pictures=pictures,
        text_links=found.text_links,
    )


def _theme_files(folder: TemplateFolder, theme: str | None) -> list[Document]:
    """theme.yaml of every folder, the lowest base first, then the chosen theme likewise."""
    files = list(reversed(folder.each(THEME)))
    if not files:
        hint = "Add it, or name a `base` in template.yaml that has one."
        raise ProblemsError([Problem("is missing.", hint, f"{folder.shown}/{THEME}")])
    if theme is not None:
        chosen = list(reversed(folder.each(f"themes/{theme}.yaml")))
        if not chosen:
            raise ProblemsError([unknown_theme(folder, theme)])
        files += chosen
    return [read_yaml(found.path, found.shown) for found in files]


def unknown_theme(folder: TemplateFolder, theme: str) -> Problem:
    """What to say of a theme that a template has not."""
    hint = nearest(theme, folder.themes) if folder.themes else "It has only its own: take `theme` out."
    return Problem(f'has no theme "{theme}".', hint, folder.shown)
