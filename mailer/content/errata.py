"""erratum.yaml beside an issue: begun with what is known, filled in by a person, kept under its name at the end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml.comments import CommentedSeq

from mailer.content.records import read_record, shown_in
from mailer.errors import MailerError
from mailer.model.erratum import Erratum
from mailer.source import (
    Document,
    alone_in,
    as_noun,
    dump_round_trip,
    is_there,
    load_round_trip,
    read_yaml,
    write_atomically,
)

ERRATUM_FILE = "erratum.yaml"

STARTER = """\
# yaml-language-server: $schema=../../schemas/erratum.schema.json
# What was wrong in the issue that went out. It stands in a box on top of the corrected issue, for those who got the
# wrong one; everybody else gets the corrected issue without it. When it is written: `mailer correct SLUG`.

wrong: []                # proofs that were wrong; `mailer correct` notes them
right: []                # proofs that were sent instead; the same
name: NAME               # nobody gets an erratum of the same name twice
because: BECAUSE
items: []                # ids of the items that it is about; where one is kept out of the archive, so is this

# What they read: what is right now, in a line; and what was wrong. Markdown, in every language of the issue.
words:
"""

WORDS = """\
  LANGUAGE:
    title: ""                 # The workshop is on 6 March, not 6 May
    text: ""                  # We wrote ... Please note the right day.
"""


@dataclass(frozen=True, slots=True)
class ErratumFile:
    """An erratum with the file that it was read from."""

    erratum: Erratum
    document: Document


def read_erratum(folder: Path, root: Path) -> ErratumFile | None:
    """The erratum beside an issue, if there is one. ProblemsError with every problem at its line."""
    found = read_record(Erratum, folder / ERRATUM_FILE, root)
    return ErratumFile(*found) if found else None


def read_errata(folder: Path, root: Path) -> tuple[ErratumFile, ...]:
    """Every erratum of an issue: those that were put away under their names, then the one beside it."""
    kept = []
    for path in sorted(folder.glob("*.yaml")):
        if path.name == ERRATUM_FILE or path.name.partition(".")[0] == "issue" or not path.is_file():
            continue
        document = read_yaml(path, shown_in(path, root))
        if isinstance(document.data, dict) and document.data.get("name") == path.stem:
            kept.append(ErratumFile(as_noun(Erratum, document), document))
    current = read_erratum(folder, root)
    return (*kept, current) if current else tuple(kept)


def wrong_digests(folder: Path) -> frozenset[str]:
    """The digests that the erratum beside an issue calls wrong, also while its words are still to be written.

    ProblemsError where the file is no YAML.
    """
    path, file = folder / ERRATUM_FILE, f"{folder.name}/{ERRATUM_FILE}"
    if not is_there(path, file):
        return frozenset()
    data = read_yaml(path, file).data
    wrong = data.get("wrong") if isinstance(data, dict) else None
    return frozenset(map(str, wrong)) if isinstance(wrong, list) else frozenset()


def begin_erratum(folder: Path, languages: Iterable[str], name: str, because: str, slug: str) -> Path:
    """Write an erratum.yaml that says what is to be filled in; one that is there is left as it is."""
    path = folder / ERRATUM_FILE
    if not is_there(path, f"{folder.name}/{ERRATUM_FILE}"):
        text = STARTER.replace("NAME", name).replace("SLUG", slug)
        text = text.replace("BECAUSE", json.dumps(because, ensure_ascii=False))
        text += "".join(WORDS.replace("LANGUAGE", language) for language in languages)
        write_atomically(path, text.encode())
    return path


def put_away_erratum(folder: Path, name: str) -> Path:
    """Keep erratum.yaml under its own name, `erratum-1.yaml`, so that another can be begun."""
    kept = folder / f"{name}.yaml"
    if kept.exists():
        raise MailerError(
            f"{folder.name}/{kept.name} is there already.",
            "Give it, or the one in erratum.yaml, another name.",
        )
    (folder / ERRATUM_FILE).rename(kept)
    return kept


def note_digests(folder: Path, key: str, digests: Iterable[str]) -> None:
    """Write digests under `wrong` or `right` of erratum.yaml, leaving all else in it as it is."""
    path = folder / ERRATUM_FILE
    with alone_in(folder):
        data = load_round_trip(path, path.name)
        wanted = sorted(digests)
        if list(data.get(key) or ()) == wanted:
            return
        data[key] = CommentedSeq(wanted)
        if wanted:
            data[key].fa.set_block_style()
        dump_round_trip(path, data)
