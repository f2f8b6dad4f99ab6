"""Reading a template's folder: layout, items, theme, fixed strings and banner."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from jinja2 import Environment, TemplateSyntaxError

from mailer.errors import Problem, ProblemsError, RenderError
from mailer.model.issue import KINDS
from mailer.model.rendition import Picture
from mailer.render.sandbox import sandbox
from mailer.render.strings import read_strings
from mailer.render.theme import Theme, contrast_problems
from mailer.source import Document, read_noun

LAYOUT = "layout.mjml.j2"
MAX_BANNER = 1_000_000
"""Bytes of the banner picture."""
MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif"}


@dataclass(frozen=True, slots=True)
class Template:
    """How issues look in one language: everything that is read from the template's folder."""

    shown: str
    """The folder as people know it."""
    language: str
    theme: Theme
    phrases: Mapping[str, str]
    """The fixed strings of the language."""
    sources: Mapping[str, str] = field(repr=False)
    """File name within the folder → Jinja source."""
    pictures: tuple[Picture, ...] = ()
    """The banner, under `template/…`."""
    environment: Environment = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "environment", sandbox(self.sources))


def read_template(folder: Path, language: str, shown: str = "") -> Template:
    """The template in `folder`, with the strings of `language` or of its base language.

    Raises ProblemsError for theme, strings and missing files, all at once; RenderError for a Jinja file
    that does not parse, with file and line.
    """
    shown = shown or folder.name
    problems: list[Problem] = []
    phrases: Mapping[str, str] = {}
    theme: Theme | None = None
    pictures: tuple[Picture, ...] = ()
    try:
        theme, document = read_noun(Theme, folder / "theme.yaml", f"{shown}/theme.yaml")
        problems += contrast_problems(theme, document)
        pictures = _banner(theme, folder, document, problems)
    except ProblemsError as error:
        problems += error.problems
    try:
        phrases = read_strings(folder, language, shown)
    except ProblemsError as error:
        problems += error.problems
    sources = _sources(folder, shown, problems)
    if problems or theme is None:
        raise ProblemsError(problems)
    template = Template(shown, language, theme, MappingProxyType(dict(phrases)), sources, pictures)
    for name in sources:
        _parse(template, name)
    return template


def _sources(folder: Path, shown: str, problems: list[Problem]) -> Mapping[str, str]:
    sources = {}
    for name in (LAYOUT, *(f"items/{kind}.mjml.j2" for kind in KINDS)):
        if not (folder / name).is_file():
            hint = "Every kind of item needs its file." if "/" in name else "A template needs its layout."
            problems.append(Problem("is missing.", hint, f"{shown}/{name}"))
    for path in sorted([*folder.glob("*.j2"), *folder.glob("*/*.j2")]):
        name = path.relative_to(folder).as_posix()
        try:
            sources[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            problems.append(Problem("is not UTF-8 text.", "Save it as UTF-8.", f"{shown}/{name}"))
    return MappingProxyType(sources)


def _parse(template: Template, name: str) -> None:
    try:
        template.environment.get_template(name)
    except TemplateSyntaxError as error:
        place = f"{template.shown}/{error.name or name}:{error.lineno}"
        raise RenderError(f"{place}: {error.message}.", "Mend that line of the template.") from error


def _banner(theme: Theme, folder: Path, document: Document, problems: list[Problem]) -> tuple[Picture, ...]:
    if theme.masthead is None:
        return ()

    def problem(message: str, hint: str) -> tuple[Picture, ...]:
        line = document.line(("masthead", "src"))
        problems.append(Problem(message, hint, document.file, line, "masthead.src"))
        return ()

    src = theme.masthead.src
    path = (folder / src).resolve()
    if not path.is_relative_to(folder.resolve()):
        return problem(f'"{src}" lies outside the template.', "Put the picture into the template's folder.")
    if not path.is_file():
        return problem(f'"{src}" is not in the template\'s folder.', "Add it, or remove `masthead`.")
    if path.stat().st_size > MAX_BANNER:
        return problem(f'"{src}" has more than {MAX_BANNER:,} bytes.', "Save it smaller.")
    picture = _picture(f"template/{src}", path.read_bytes())
    if picture is None:
        return problem(f'"{src}" is not a JPEG, PNG or GIF picture.', "Save it as one of these.")
    return (picture,)


def _picture(src: str, content: bytes) -> Picture | None:
    from PIL import Image

    try:
        with Image.open(io.BytesIO(content)) as image:
            media_type, (width, height) = MEDIA_TYPES.get(image.format or ""), image.size
    except (OSError, ValueError, Image.DecompressionBombError):
        return None
    if media_type is None:
        return None
    sha256 = hashlib.sha256(content).hexdigest()
    return Picture(
        src=src,
        cid=f"{sha256[:16]}@picture.invalid",
        media_type=media_type,
        sha256=sha256,
        width=width,
        height=height,
        content=content,
    )
