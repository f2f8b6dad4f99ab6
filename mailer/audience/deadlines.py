"""recipients/deadlines: SLUG.yaml says what is due, SLUG.submissions.csv beside it what has come in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mailer.audience.deadline_rules import problems_in
from mailer.audience.submissions import read_submissions
from mailer.config.workspace import shown
from mailer.errors import MailerError, Problem, ProblemsError, nearest
from mailer.model.base import Slug
from mailer.model.deadline import Deadline, Submission
from mailer.model.register import Country
from mailer.source import Document, is_hidden, read_noun

FOLDER = "deadlines"
SUFFIX = ".yaml"
LOG_SUFFIX = ".submissions.csv"
RULE = "file.deadline"


@dataclass(frozen=True, slots=True)
class DeadlineFile:
    """A deadline as it stands in its files: what is due, and what has come in."""

    slug: str
    """The file's name without its ending; what people and commands call the deadline."""
    deadline: Deadline
    document: Document
    """The file's lines, for findings."""
    path: Path
    submissions: tuple[Submission, ...] = ()
    """In the order of the file; nothing in them contradicts what stands before it."""

    @property
    def log(self) -> Path:
        """SLUG.submissions.csv, which need not exist."""
        return log_of(self.path)

    @property
    def folder(self) -> Path:
        """Where its approvals and receipts lie; need not exist."""
        return self.path.with_suffix("")


def log_of(path: Path) -> Path:
    """The log of submissions beside a deadline's file."""
    return path.with_name(path.name.removesuffix(SUFFIX) + LOG_SUFFIX)


def read_deadlines(
    folder: Path,
    root: Path,
    *,
    segments: Collection[str] | None = None,
    countries: Mapping[str, Country] | None = None,
) -> dict[str, DeadlineFile]:
    """Every deadline of a folder by its slug, in alphabetical order; none where there is no folder.

    `segments` and `countries` are the names that files may use; None: cannot be told, so anything goes.
    ProblemsError with every problem of all files at its line or row.
    """
    problems: list[Problem] = []
    found: dict[str, DeadlineFile] = {}
    paths = _files(folder)
    for path in paths:
        if not path.name.endswith(SUFFIX):
            problems += _strange(path, root, paths)
            continue
        try:
            file = read_deadline(path, root, segments=segments, countries=countries)
        except ProblemsError as error:
            problems += error.problems
        except MailerError as error:
            problems.append(Problem(error.message, error.hint, shown(path, root), rule=RULE))
        else:
            found[file.slug] = file
    problems += _same_ids(found.values(), root)
    if problems:
        raise ProblemsError(problems)
    return found


def read_deadline(
    path: Path,
    root: Path,
    *,
    segments: Collection[str] | None = None,
    countries: Mapping[str, Country] | None = None,
) -> DeadlineFile:
    """One deadline with its submissions; ProblemsError with every problem of both files.

    MailerError where the file does not exist.
    """
    file = shown(path, root)
    slug = path.name.removesuffix(SUFFIX)
    deadline, document = read_noun(Deadline, path, file)
    problems = sorted(
        [*_bad_name(slug, file), *problems_in(deadline, document, segments)], key=lambda p: p.line or 0
    )
    submissions: tuple[Submission, ...] = ()
    try:
        submissions = read_submissions(log_of(path), root, deadline, countries=countries)
    except ProblemsError as error:
        problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return DeadlineFile(slug, deadline, document, path, submissions)


def _files(folder: Path) -> list[Path]:
    """What may be meant for us; folders hold approvals and receipts."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if not is_hidden(path.name) and not path.is_dir())
    return sorted(found, key=lambda path: path.name.split("."))


def _strange(path: Path, root: Path, paths: Collection[Path]) -> Iterator[Problem]:
    """A file that would be passed over, though somebody believes that it counts."""
    name, file = path.name.casefold(), shown(path, root)
    if name.endswith(LOG_SUFFIX):
        slugs = [other.name.removesuffix(SUFFIX) for other in paths if other.name.endswith(SUFFIX)]
        slug = path.name[: -len(LOG_SUFFIX)]
        if slug not in slugs or not path.name.endswith(LOG_SUFFIX):
            message = f'belongs to no deadline: there is no "{slug}{SUFFIX}".'
            yield Problem(message, nearest(slug, slugs) or "Rename one of the two.", file, rule=RULE)
    elif name.endswith((".yml", SUFFIX)):
        yield Problem(
            f"ends in {path.suffix}, and is not read.", f"Rename it to {path.stem}{SUFFIX}.", file, rule=RULE
        )
    elif name.endswith((".csv", ".xlsx", ".xls", ".ods")):
        hint = f"What came in stands in SLUG{LOG_SUFFIX}: save it under that name, as CSV UTF-8."
        yield Problem("is not read.", hint, file, rule=RULE)


def _bad_name(slug: str, file: str) -> Iterator[Problem]:
    try:
        TypeAdapter(Slug).validate_python(slug)
    except ValidationError:
        hint = f"Rename it, with lower-case letters a-z, digits and single hyphens: national-report{SUFFIX}."
        yield Problem(f'"{slug}" cannot name a deadline.', hint, file, rule=RULE)


def _same_ids(files: Collection[DeadlineFile], root: Path) -> Iterator[Problem]:
    first: dict[str, DeadlineFile] = {}
    for file in files:
        known = first.setdefault(file.deadline.id, file)
        if known is not file:
            yield Problem(
                f'"{file.deadline.id}" is the id of {known.path.name} too: '
                "what was sent for one would count for the other.",
                "Give the newer of the two an id of its own.",
                shown(file.path, root),
                file.document.line(("id",)),
                "id",
                RULE,
            )
