"""The fixed strings of a template: what is said around the items, by language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Formatter

from mailer.errors import Problem, ProblemsError, nearest
from mailer.source import Document, read_yaml

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
    "salutation.known": frozenset({"title", "given_name", "family_name"}),
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

PLAIN = (
    "salutation.neutral",
    "contents",
    "dates",
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
    "default.role",
)

REQUIRED = frozenset(PLAIN) | frozenset(PLACEHOLDERS) | frozenset(f"role.{role}" for role in ROLES)


def read_strings(folder: Path, language: str, shown: str) -> Mapping[str, str]:
    """The strings of `language`, or of its base language (`ru` for `ru-KZ`).

    Raises ProblemsError where there are none, or some are missing, unknown or carry wrong braces.
    """
    for tag in dict.fromkeys((language, language.split("-", maxsplit=1)[0])):
        path = folder / f"strings.{tag}.yaml"
        if path.is_file():
            return _checked(read_yaml(path, f"{shown}/{path.name}"))
    there = sorted(path.name.split(".")[1] for path in folder.glob("strings.*.yaml"))
    known = f"It has {', '.join(there)}." if there else "It has none at all."
    raise ProblemsError(
        [
            Problem(
                f'has no strings for the language "{language}".',
                f"{known} Add strings.{language}.yaml to the template.",
                shown,
            )
        ]
    )


def _checked(document: Document) -> Mapping[str, str]:
    data = document.data
    if not isinstance(data, dict):
        problem = Problem("is not a list of `key: words`.", "See strings.en.yaml.", document.file)
        raise ProblemsError([problem])
    problems = [
        Problem(f"`{key}` is missing.", "Copy the line from strings.en.yaml.", document.file, None, key)
        for key in sorted(REQUIRED - set(data))
    ]
    for key, words in data.items():
        trouble = _trouble(key, words)
        if trouble:
            message, hint = trouble
            problems.append(Problem(message, hint, document.file, document.line((key,)), str(key)))
    if problems:
        raise ProblemsError(problems)
    return {str(key): str(words).strip() for key, words in data.items()}


def _trouble(key: object, words: object) -> tuple[str, str] | None:
    if not isinstance(key, str) or (key not in REQUIRED and not key.startswith(("role.", "kind."))):
        return "is not a string that this template uses.", nearest(str(key), REQUIRED)
    if not isinstance(words, str):
        return "is not text.", "Put it in quotes."
    allowed = PLACEHOLDERS.get(key, frozenset())
    try:
        used = {name for _, name, _, _ in Formatter().parse(words) if name is not None}
    except ValueError:
        return "has a brace without its partner.", "Write {role}, or leave the brace out."
    unknown = sorted(used - allowed)
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in sorted(allowed)) or "none"
        return f"uses {{{unknown[0]}}}, which nothing fills here.", f"Allowed: {known}."
    return None
