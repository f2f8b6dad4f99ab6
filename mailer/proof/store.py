"""Frozen proofs on disk: `<proofs>/<digest>/` with what will be sent, checked again at every reading."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from mailer.errors import ProofError
from mailer.model.proof import Proof
from mailer.model.rendition import Picture, Rendition, content_id
from mailer.proof.digest import STATED, digest_of, rendition_parts, stated_parts, what_differs
from mailer.source import write_atomically

PROOF = "proof.json"
DRAFT = ".new-"
"""How folders begin in which a proof is being frozen."""
STALE = 3600
"""Seconds after which a draft is one that a killed program has left."""
_DIGEST = re.compile(r"[0-9a-f]{64}")


def freeze_proof(proof: Proof, proofs: Path) -> Path:
    """Keep the proof under its digest, whole or not at all, and return its folder.

    A folder that is there already is left as it is: the same digest is the same content.
    """
    folder = proofs / proof.digest
    if (folder / PROOF).exists():
        _refresh(proof, folder)
        return folder
    proofs.mkdir(parents=True, exist_ok=True)
    _clear_drafts(proofs)
    draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=proofs))
    try:
        for rendition in proof.renditions:
            _write(draft / f"{rendition.variant.key}.html", rendition.html.encode("utf-8"))
            _write(draft / f"{rendition.variant.key}.txt", rendition.text.encode("utf-8"))
            for picture in rendition.pictures:
                _write(draft / picture.sha256, picture.content)
        _write(draft / PROOF, _dump(proof))
        draft.replace(folder)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not (folder / PROOF).exists():
            raise
    return folder


def list_proofs(proofs: Path) -> list[str]:
    """Digests of the frozen proofs, newest first."""
    if not proofs.is_dir():
        return []
    found = [each for each in proofs.iterdir() if _DIGEST.fullmatch(each.name) and (each / PROOF).is_file()]
    return [folder.name for folder in sorted(found, key=lambda f: f.stat().st_mtime_ns, reverse=True)]


def load_proof(digest: str, proofs: Path) -> Proof:
    """The proof of that digest, or of the one digest that starts so. ProofError where a byte has changed."""
    wanted = digest.strip().lower()
    matches = [name for name in list_proofs(proofs) if wanted and name.startswith(wanted)]
    if len(matches) != 1:
        what = "starts more than one proof" if matches else "is not a proof that is kept here"
        raise ProofError(f"{digest} {what}.", "Make one with `mailer proof SLUG --to SEGMENT`.")
    folder = proofs / matches[0]
    try:
        data = json.loads((folder / PROOF).read_text(encoding="utf-8"))
        data["renditions"] = [_thaw(rendition, folder) for rendition in data["renditions"]]
        proof = Proof.model_validate(data)
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise ProofError(
            f"Proof {matches[0][:6]} is damaged.", "Make it again with `mailer proof`."
        ) from error
    _check(proof, matches[0])
    return proof


def _check(proof: Proof, digest: str) -> None:
    sent = rendition_parts(proof.renditions) | stated_parts(proof)
    kept = {name: value for name, value in proof.parts.items() if name in sent or name in STATED}
    changed = sorted({*what_differs(kept, sent), *_exchanged(proof)})
    if changed or digest_of(proof.parts) != digest or proof.digest != digest:
        what = ", ".join(changed) or "its list of parts"
        raise ProofError(
            f"Proof {digest[:6]} was changed on disk: {what}.", "Make it again with `mailer proof`."
        )


def _exchanged(proof: Proof) -> Iterator[str]:
    """Parts that are told by name only: a picture that is not the one it is called, and a version told twice."""
    keys = [rendition.variant.key for rendition in proof.renditions]
    yield from (f"html {key}" for key in set(keys) if keys.count(key) > 1)
    for rendition in proof.renditions:
        for picture in rendition.pictures:
            sha256 = hashlib.sha256(picture.content).hexdigest()
            if (picture.sha256, picture.cid) != (sha256, content_id(sha256)):
                yield f"picture {picture.src}"


def _thaw(data: dict[str, Any], folder: Path) -> Rendition:
    pictures = tuple(
        Picture.model_validate(p | {"content": (folder / p["sha256"]).read_bytes()}) for p in data["pictures"]
    )
    rendition = Rendition.model_validate(data | {"html": "", "text": "", "pictures": ()})
    key = rendition.variant.key
    return rendition.model_copy(
        update={
            "html": (folder / f"{key}.html").read_bytes().decode("utf-8"),
            "text": (folder / f"{key}.txt").read_bytes().decode("utf-8"),
            "pictures": pictures,
        }
    )


def _refresh(proof: Proof, folder: Path) -> None:
    """Findings and head-counts may be newer though every hashed byte is the same; it was made when it first was."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        first = datetime.fromisoformat(json.loads((folder / PROOF).read_text(encoding="utf-8"))["made_at"])
        proof = proof.model_copy(update={"made_at": min(first, proof.made_at)})
    write_atomically(folder / PROOF, _dump(proof))


def _clear_drafts(proofs: Path) -> None:
    for draft in proofs.glob(f"{DRAFT}*"):
        with suppress(FileNotFoundError):
            if time.time() - draft.stat().st_mtime > STALE:
                shutil.rmtree(draft, ignore_errors=True)


def _dump(proof: Proof) -> bytes:
    content = proof.model_dump_json(indent=1, exclude={"renditions": {"__all__": {"html", "text"}}})
    return content.encode("utf-8")


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
