"""The fixed strings of a template: what is said around the items, by language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from string import Formatter

from mailer.config import TemplateFolder
from mailer.errors import Problem, ProblemsError, nearest
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
    "why.default": frozenset({"office"}),
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
)

OPEN = ("role.", "kind.")
"""Beginnings of strings of which an office may have more."""
REQUIRED = frozenset(PLAIN) | frozenset(PLACEHOLDERS) | frozenset(f"role.{role}" for role in ROLES)


def read_strings(folder: TemplateFolder, language: str, used: frozenset[str]) -> Mapping[str, str]:
    """The strings of `language`, or of its base language (`ru` for `ru-KZ`), the template's own over its base's.

    `used` are those that the template's files ask for. Raises ProblemsError where there are none, or some are
    missing, unknown or carry wrong braces.
    """
    documents = list(_files(folder, language))
    if not documents:
        there = sorted({name.split(".")[1] for name in folder.names("strings.*.yaml")})
        known = f"It has {', '.join(there)}." if there else "It has none at all."
        hint = f"{known} Add strings.{language}.yaml to the template."
        raise ProblemsError([Problem(f'has no strings for the language "{language}".', hint, folder.shown)])
    return _checked(lay_over(documents), used)


def _files(folder: TemplateFolder, language: str) -> Iterator[Document]:
    """The strings of each folder that has some, the lowest base first."""
    tags = tuple(dict.fromkeys((language, language.split("-", maxsplit=1)[0])))
    by_tag = [{found.level.path: found for found in folder.each(f"strings.{tag}.yaml")} for tag in tags]
    for level in reversed(folder.levels):
        found = next((files[level.path] for files in by_tag if level.path in files), None)
        if found is not None:
            yield read_yaml(found.path, found.shown)


def _checked(layers: Layers, used: frozenset[str]) -> Mapping[str, str]:
    document = layers.document
    data = document.data
    if not isinstance(data, dict):
        problem = Problem("is not a list of `key: words`.", "See strings.en.yaml.", document.file)
        raise ProblemsError([problem])
    needed = REQUIRED | {name for name in used if not name.startswith(OPEN)}
    problems = [
        Problem(f"`{key}` is missing.", "Copy the line from strings.en.yaml.", document.file, None, key)
        for key in sorted(needed - set(data))
    ]
    for key, words in data.items():
        trouble = _trouble(key, words, needed)
        if trouble:
            message, hint = trouble
            file, line = layers.place((key,))
            problems.append(Problem(message, hint, file, line, str(key)))
    if problems:
        raise ProblemsError(problems)
    return {str(key): str(words).strip() for key, words in data.items()}


def _trouble(key: str, words: object, needed: frozenset[str]) -> tuple[str, str] | None:
    if key not in needed and key not in SALUTATIONS and not key.startswith(OPEN):
        return "is not a string that this template uses.", nearest(str(key), needed | SALUTATIONS.keys())
    if not isinstance(words, str):
        return "is not text.", "Put it in quotes."
    try:
        filled = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    except ValueError:
        return "has a brace without its partner.", "Write {role}, or leave the brace out."
    if key not in REQUIRED and key not in SALUTATIONS and not key.startswith(OPEN):
        return None  # the template's own: its files fill it
    allowed = SALUTATIONS.get(key) or PLACEHOLDERS.get(key, frozenset())
    unknown = sorted(filled - allowed)
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
        return f"uses {{{unknown[0]}}}, which nothing fills here.", f"Allowed: {known}."
    return None
