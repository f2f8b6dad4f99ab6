"""Finding a workspace and reading its mailer.toml, with overrides from the environment."""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mailer.config.settings import SAID_IN_THE_FILE, Config
from mailer.errors import MailerError, Problem, ProblemsError
from mailer.source import MAX_BYTES, problems_of, read_bytes

CONFIG_FILE = "mailer.toml"
TEMPLATES = "templates"
PREFIX = "MAILER_"
NOT_SETTINGS = frozenset({"MAILER_WORKSPACE"})


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with a mailer.toml, and where everything in it lies."""

    root: Path
    config: Config

    @property
    def issues(self) -> Path:
        """One folder an issue."""
        return self.root / "issues"

    @property
    def templates(self) -> Path:
        """One folder a template."""
        return self.root / TEMPLATES

    @property
    def recipients(self) -> Path:
        """People, groups and registers; may lie outside the workspace."""
        return self.root / self.config.recipients_dir

    @property
    def state(self) -> Path:
        """What the machine keeps; never in git."""
        return self.root / ".mailer"

    @property
    def ledger_path(self) -> Path:
        """The send record."""
        return self.root / self.config.ledger.path

    @property
    def outbox(self) -> Path:
        """The practice tray."""
        return self.state / "outbox"

    @property
    def proofs(self) -> Path:
        """Frozen proofs, a folder each."""
        return self.state / "proofs"

    @property
    def pictures(self) -> Path:
        """Pictures made ready for mail, to be made once only; may be deleted at any time."""
        return self.state / "pictures"

    @property
    def build(self) -> Path:
        """Output to look at."""
        return self.root / "build"

    def shown(self, path: Path) -> str:
        """A path as people know it: relative to the workspace where it lies inside."""
        return shown(path, self.root)


def shown(path: Path, root: Path) -> str:
    """`path` relative to `root`, with forward slashes, or whole where it lies outside."""
    try:
        return path.resolve().relative_to(root.resolve()).as_posix()
    except ValueError:
        return str(path)


def find_workspace(start: Path) -> Path:
    """The nearest folder upwards from `start` that has a mailer.toml. MailerError where none has."""
    for folder in (start.resolve(), *start.resolve().parents):
        if (folder / CONFIG_FILE).is_file():
            return folder
    raise MailerError(
        f"{start} is not in a workspace: no {CONFIG_FILE} here or above.",
        "Make one with `mailer init DIR`, or name one with --workspace.",
    )


def open_workspace(start: Path, environ: Mapping[str, str] = os.environ) -> Workspace:
    """The workspace around `start`, its settings read and checked."""
    root = find_workspace(start)
    return Workspace(root, read_config(root / CONFIG_FILE, environ))


def read_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read mailer.toml, apply `MAILER_…` overrides, and check it.

    `MAILER_RELAY=office` sets `relay`; two underscores go a level down: `MAILER_LEDGER__PATH`.
    What decides about approvals stands in the file alone. Raises ProblemsError with every problem at its line.
    """
    try:
        text = read_bytes(path, path.name, MAX_BYTES).decode("utf-8")
        data = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ProblemsError([Problem("is not UTF-8 text.", "Save it as UTF-8.", path.name)]) from error
    except RecursionError as error:
        raise ProblemsError([Problem("is nested too deeply.", "Write it anew.", path.name)]) from error
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"line (\d+)", str(error))
        line = int(found[1]) if found else len(text.splitlines())
        raise ProblemsError([Problem(f"is not valid TOML: {error}.", file=path.name, line=line)]) from error
    if barred := [name for name in sorted(environ) if _is_barred(name)]:
        raise ProblemsError(
            Problem(
                f"{name} is set in the environment, and what decides about approvals stands in {path.name} alone.",
                f"Unset it; who may, writes it into {path.name}.",
            )
            for name in barred
        )
    names = _override(data, environ)
    try:
        return Config.model_validate(data)
    except ValidationError as error:

        def line_of(loc: tuple[str | int, ...]) -> int | None:
            return None if _key(loc) in names else _toml_line(text, loc)

        raise ProblemsError(problems_of(error, Config, path.name, line_of)) from error


def _key(loc: tuple[str | int, ...]) -> str:
    return PREFIX + "__".join(str(part) for part in loc).upper().replace("-", "_")


def _is_barred(name: str) -> bool:
    return name.startswith(PREFIX) and name.removeprefix(PREFIX).lower().split("__")[0] in SAID_IN_THE_FILE


def _override(data: dict[str, Any], environ: Mapping[str, str]) -> frozenset[str]:
    names = {name for name in environ if name.startswith(PREFIX)} - NOT_SETTINGS
    for name in sorted(names):
        *path, last = name.removeprefix(PREFIX).lower().split("__")
        table = data
        for part in path:
            inner = table.get(part)
            if not isinstance(inner, dict):
                inner = table[part] = {}
            table = inner
        table[last] = _value(environ[name])
    return frozenset(names)


def _value(text: str) -> object:
    if text[:1] in ("[", "{") or text in ("true", "false") or text.isdecimal():
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return text
    return text


def _toml_line(text: str, loc: tuple[str | int, ...]) -> int | None:
    """Line of a key in TOML text: its table's head, then the key; the nearest of these that is found."""
    names = [str(part) for part in loc]
    table: list[str] = []
    best: tuple[int, int] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if head := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line):
            table = [part.strip().strip("\"'") for part in head[1].split(".")]
            here = table
        elif key := re.match(r"\s*([A-Za-z0-9_\-\"'.]+)\s*=", line):
            here = table + [part.strip().strip("\"'") for part in key[1].split(".")]
        else:
            continue
        wanted = [name for name in names if name not in ("outbox", "smtp")] if here != names else names
        depth = len(here)
        if (here == names[:depth] or here == wanted[:depth]) and (best is None or depth > best[0]):
            best = (depth, number)
    return best[1] if best else None
