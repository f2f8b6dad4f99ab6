"""The fixed strings of a template: what is said around the items, by language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter

from mailer.config import TemplateFolder
from mailer.errors import Problem, ProblemsError, nearest
from mailer.model.base import primary
from mailer.render.reminder_strings import REMINDER
from mailer.source import Document, Layers, lay_over, read_yaml

ROLES = (
    "national-focal-point",
    "respondent",
    "scientific-councillor",
    "standing-committee",
    "mou-contact",
    "species-focal-point",
    "partner",
    "donor",
    "press",
    "cami-focal-point",
)

PLACEHOLDERS: Mapping[str, frozenset[str]] = {
    "salutation.line": frozenset({"salutation"}),
    "why": frozenset({"role", "office"}),
    "why.notice": frozenset({"role", "office"}),
    "number": frozenset({"number"}),
    "reference": frozenset({"reference"}),
    "photo_by": frozenset({"credit"}),
    "picture": frozenset({"alt"}),
    "fallback": frozenset({"language"}),
    "donor": frozenset({"donor"}),
    "partners": frozenset({"partners"}),
    "time": frozenset({"time", "timezone"}),
}
"""Strings that carry words in braces, and which."""

NAME = frozenset({"title", "given_name", "family_name"})
HONOURS = tuple(f"{honour}{of}" for honour in ("HE", "Prof", "Dr") for of in ("", ".Mr", ".Ms"))
SALUTATIONS = {f"salutation.{key}": NAME for key in ("Mr", "Ms", "Mrs", *HONOURS)}
"""Formulas for readers whose title says enough, and what they may carry; a language has those that it can say."""

PLAIN = (
    "salutation.neutral",
    "contents",
    "dates",
    "links",
    "action_by",
    "unsubscribe",
    "web_view",
    "view.phone",
    "view.fax",
    "view.email",
    "view.website",
    "kind.event",
    "kind.event_report",
    "kind.press",
    "kind.project",
    "default.salutation",
    "default.name",
    "default.country",
    "default.country_of",
    "default.country_in",
    "default.role",
    "default.role.notice",
)

OPTIONAL: Mapping[str, frozenset[str]] = {**SALUTATIONS, **REMINDER, "calendar.add": frozenset()}
"""Strings that a template may have, and what they may carry; who needs those of reminders asks for them."""

OPEN = ("role.", "kind.", "addressee.")
"""Beginnings of strings of which an office may have more."""
REQUIRED = frozenset(PLAIN) | frozenset(PLACEHOLDERS) | frozenset(f"role.{role}" for role in ROLES)


def read_strings(folder: TemplateFolder, language: str, used: Mapping[str, str] | None) -> Mapping[str, str]:
    """The strings of `language`, or of its base language (`ru` for `ru-KZ`), the template's own over its base's.

    `used` are those that the template's files ask for, and where; None where that is not known. Raises
    ProblemsError where there are none, or some are missing, unknown or carry wrong braces.
    """
    documents = list(_files(folder, language))
    if not documents:
        there = sorted({name.split(".")[1] for name in folder.names("strings.*.yaml")})
        known = f"It has {', '.join(there)}." if there else "It has none at all."
        hint = f"{known} Add strings.{language}.yaml to the template."
        raise ProblemsError([Problem(f'has no strings for the language "{language}".', hint, folder.shown)])
    return _checked(lay_over(documents), used, folder, language)


def _files(folder: TemplateFolder, language: str) -> Iterator[Document]:
    """The strings of each folder that has some, the lowest base first."""
    tags = tuple(dict.fromkeys((language, primary(language))))
    by_tag = [{found.level.path: found for found in folder.each(f"strings.{tag}.yaml")} for tag in tags]
    for level in reversed(folder.levels):
        found = next((files[level.path] for files in by_tag if level.path in files), None)
        if found is not None:
            yield read_yaml(found.path, found.shown)


def _checked(
    layers: Layers, used: Mapping[str, str] | None, folder: TemplateFolder, language: str
) -> Mapping[str, str]:
    document = layers.document
    data = document.data
    if not isinstance(data, dict):
        problem = Problem("is not a list of `key: words`.", "See strings.en.yaml.", document.file)
        raise ProblemsError([problem])
    own = {name: at for name, at in (used or {}).items() if not name.startswith(OPEN)}
    problems = [
        Problem(f"`{key}` is missing.", "Copy the line from strings.en.yaml.", document.file, None, key)
        for key in sorted(REQUIRED - set(data))
    ]
    problems += [
        _missing(key, own[key], folder, language) for key in sorted(own.keys() - REQUIRED - set(data))
    ]
    needed = REQUIRED | own.keys()
    for key, words in data.items():
        trouble = _trouble(key, words, needed)
        unsure = (
            used is None and key not in needed and not (trouble and trouble[1].startswith("Did you mean"))
        )
        if trouble and not unsure:
            message, hint = trouble
            file, line = layers.place((key,))
            problems.append(Problem(message, hint, file, line, str(key)))
    if problems:
        raise ProblemsError(problems)
    return {str(key): str(words).strip() for key, words in data.items()}


def _missing(key: str, asked: str, folder: TemplateFolder, language: str) -> Problem:
    """A template's own string that its strings have not: it belongs into the folder of the file that asks for it."""
    level = next((one for one in folder.levels if asked.startswith(f"{one.shown}/")), folder.levels[0])
    tags = (language, language.split("-", maxsplit=1)[0])
    tag = next((tag for tag in tags if (level.path / f"strings.{tag}.yaml").is_file()), tags[-1])
    file = f"{level.shown}/strings.{tag}.yaml"
    return Problem(f"`{key}` is missing; {asked} asks for it.", f"Add `{key}: …` to {file}.", file, None, key)


def _trouble(key: str, words: object, needed: frozenset[str]) -> tuple[str, str] | None:
    if key not in needed and key not in OPTIONAL and not key.startswith(OPEN):
        return "is not a string that this template uses.", nearest(str(key), needed | OPTIONAL.keys())
    if not isinstance(words, str):
        return "is not text.", "Put it in quotes."
    try:
        filled = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    except ValueError:
        return "has a brace without its partner.", "Write {role}, or leave the brace out."
    if key not in REQUIRED and key not in OPTIONAL and not key.startswith(OPEN):
        return None  # the template's own: its files fill it
    allowed = OPTIONAL.get(key) or PLACEHOLDERS.get(key, frozenset())
    unknown = sorted(filled - allowed)
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
        return f"uses {{{unknown[0]}}}, which nothing fills here.", f"Allowed: {known}."
    return None
