"""The Jinja files of a template and of those it is based on, by the names that they call each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError

from mailer.config import TemplateFolder
from mailer.config.template_folder import LAYOUT
from mailer.errors import Problem, sentence
from mailer.model.issue import KINDS
from mailer.render.sandbox import phrases_in, sandbox

MAX_BYTES = 50_000
"""Of one file."""
MAX_TOTAL = 150_000
"""Of all files of a template and its bases, which takes under three seconds to compile."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Name → Jinja text and the file it stands in.

    A file of a base goes by its own name where nothing replaces it, and always by its folder's name too:
    `newsletter/layout.mjml.j2`, which is how a layout extends the one it replaces.
    """

    texts: Mapping[str, str] = field(repr=False)
    files: Mapping[str, str] = field(repr=False)
    environment: Environment = field(repr=False)
    phrases: Mapping[str, str]
    """Fixed strings that occur in them → file and line of the first that asks for one."""


def read_sources(folder: TemplateFolder, problems: list[Problem]) -> Sources | None:
    """All of a template's Jinja files; None where `problems` has been added to, each with its file."""
    before = len(problems)
    for name in (LAYOUT, *(f"items/{kind}.mjml.j2" for kind in KINDS)):
        if folder.find(name) is None:
            hint = "Every kind of item needs its file." if "/" in name else "A template needs its layout."
            hint += " Or name a `base` in template.yaml that has it."
            problems.append(Problem("is missing.", hint, f"{folder.shown}/{name}"))
    texts: dict[str, str] = {}
    files: dict[str, str] = {}
    for name in folder.names("*.j2", "*/*.j2"):
        for number, found in enumerate(folder.each(name)):
            text = _text(found.path, found.shown, problems)
            names = [f"{found.level.path.name}/{name}"] if found.level is not folder.levels[0] else []
            for each in names if number else [name, *names]:
                texts[each], files[each] = text, found.shown
    total = sum(len(text) for name, text in texts.items() if not _is_second_name(name, texts))
    if total > MAX_TOTAL:
        hint = "Take out what is not needed."
        problems.append(Problem(f"has more than {MAX_TOTAL:,} signs in all its files.", hint, folder.shown))
    if len(problems) > before:
        return None
    environment, phrases, wrong = _compiled(tuple(texts.items()), tuple(files.items()))
    if wrong:
        problems += wrong
        return None
    return Sources(texts, files, environment, phrases)


def _is_second_name(name: str, texts: Mapping[str, str]) -> bool:
    """Whether the file goes by its plain name too: nothing replaces it."""
    return texts.get(name.partition("/")[2]) == texts[name]


def _text(path: Path, shown: str, problems: list[Problem]) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        problems.append(Problem(f"cannot be read: {error.strerror}.", "See who may read it.", shown))
        return ""
    if len(content) > MAX_BYTES:
        problems.append(Problem(f"has more than {MAX_BYTES:,} bytes.", "Split it.", shown))
        return ""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        problems.append(Problem("is not UTF-8 text.", "Save it as UTF-8.", shown, line))
        return ""


@lru_cache(maxsize=8)
def _compiled(
    texts: tuple[tuple[str, str], ...], files: tuple[tuple[str, str], ...]
) -> tuple[Environment, Mapping[str, str], tuple[Problem, ...]]:
    """Compiled once for all languages and themes, for as long as the files stay as they are.

    With the fixed strings that they ask for, and where; and what is wrong with any of them.
    """
    sources, places = dict(texts), dict(files)
    environment = sandbox(sources)
    used: dict[str, str] = {}
    problems: list[Problem] = []
    for name, text in sources.items():
        if _is_second_name(name, sources):
            continue
        try:
            environment.get_template(name)
            for phrase, line in phrases_in(text):
                used.setdefault(phrase, f"{places[name]}:{line}")
        except TemplateSyntaxError as error:
            file, message = places.get(error.name or name, name), sentence(error.message or "")
            problems.append(Problem(message, "Mend that line of the template.", file, error.lineno))
        except (SyntaxError, RecursionError, MemoryError, ValueError, OverflowError):
            message = "is nested too deeply, or has a number that is too long."
            problems.append(Problem(message, "Make the template simpler.", places[name]))
    return environment, used, tuple(problems)
