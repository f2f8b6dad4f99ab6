"""The kinds of item that a template declares: items/KIND.yaml beside items/KIND.mjml.j2."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from mailer.config import TemplateFolder, list_templates, open_template
from mailer.config.template_folder import Found
from mailer.config.workspace import TEMPLATES
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.kinds import (
    MAX_FIELDS,
    FieldDeclaration,
    KindDeclaration,
    Kinds,
    kind_trouble,
    name_trouble,
)
from mailer.source import Document, field_path, read_noun

MAX_KINDS = 40


def read_kinds(folder: TemplateFolder) -> Kinds:
    """Kind → its declaration, the template's own before its base's. ProblemsError with every problem."""
    kinds: dict[str, KindDeclaration] = {}
    problems: list[Problem] = []
    names = folder.names("items/*.yaml")
    if len(names) > MAX_KINDS:
        raise ProblemsError([Problem(f"declares more than {MAX_KINDS} kinds.", "Remove some.", folder.shown)])
    for name in names:
        found = folder.find(name)
        if found is None:
            continue
        kind = PurePosixPath(name).stem
        try:
            kinds[kind] = _read(folder, found, kind)
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return kinds


def _read(folder: TemplateFolder, found: Found, kind: str) -> KindDeclaration:
    problems: list[Problem] = []
    if trouble := kind_trouble(kind):
        problems.append(Problem(*trouble, found.shown))
    elif folder.find(f"items/{kind}.mjml.j2") is None:
        hint = f"Add items/{kind}.mjml.j2 beside it: it says how such an item looks."
        problems.append(Problem(f"declares {kind}, which has no layout.", hint, found.shown))
    try:
        declaration, document = read_noun(KindDeclaration, found.path, found.shown)
        problems += _name_problems(declaration, document)
    except ProblemsError as error:
        raise ProblemsError([*problems, *error.problems]) from error
    if problems:
        raise ProblemsError(problems)
    return declaration


def _name_problems(declaration: KindDeclaration, document: Document) -> list[Problem]:
    def problem(name: str, field: FieldDeclaration) -> Problem | None:
        trouble = name_trouble(name, field)
        loc = ("fields", name)
        return Problem(*trouble, document.file, document.line(loc), field_path(loc)) if trouble else None

    return [found for name, field in declaration.fields.items() if (found := problem(name, field))]


def kinds_for(document: Document, root: Path, problems: list[Problem]) -> Kinds:
    """The kinds that the template of an issue declares; none where the workspace has no templates.

    What is wrong with the issue's `template` or `theme`, or with a declaration, is added to `problems`.
    """
    folder = _template_of(document, root, problems)
    try:
        return read_kinds(folder) if folder is not None else {}
    except ProblemsError as error:
        problems += error.problems
        return {}


def _template_of(document: Document, root: Path, problems: list[Problem]) -> TemplateFolder | None:
    templates = root / TEMPLATES
    head = document.data if isinstance(document.data, dict) else {}
    name = head.get("template", "newsletter")
    known = list_templates(templates)
    if not isinstance(name, str) or not known:
        return None
    if name not in known:
        problems.append(_at(document, "template", f'There is no template "{name}".', nearest(name, known)))
        return None
    try:
        folder = open_template(templates / name, f"{TEMPLATES}/{name}")
    except ProblemsError as error:
        problems += error.problems
        return None
    theme = head.get("theme")
    if isinstance(theme, str) and theme not in folder.themes:
        hint = nearest(theme, folder.themes) or f"{name} has only its own theme: take the line out."
        problems.append(_at(document, "theme", f'{name} has no theme "{theme}".', hint))
    return folder


def _at(document: Document, key: str, message: str, hint: str) -> Problem:
    return Problem(message, hint, document.file, document.line((key,)), key, "file.value")


def workspace_kinds(root: Path) -> Kinds:
    """The kinds of all templates together, for editors: where two differ, the fields of both may stand.

    Templates with problems are left out: reading an issue says what is wrong with them.
    """
    templates = root / TEMPLATES
    together: dict[str, KindDeclaration] = {}
    for name in list_templates(templates):
        try:
            kinds = read_kinds(open_template(templates / name))
        except ProblemsError:
            continue
        for kind, declaration in kinds.items():
            known = together.get(kind)
            together[kind] = declaration if known is None else _either(known, declaration)
    return together


def _either(one: KindDeclaration, other: KindDeclaration) -> KindDeclaration:
    if one == other:
        return one
    needed = {
        name
        for name in one.fields.keys() & other.fields.keys()
        if one.fields[name].required and other.fields[name].required
    }
    fields = {
        name: field.model_copy(update={"required": name in needed})
        for name, field in (other.fields | one.fields).items()
    }
    return one.model_copy(update={"fields": dict(list(fields.items())[:MAX_FIELDS]), "day": None})
