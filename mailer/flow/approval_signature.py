"""An approval that is signed with somebody's SSH key: what is signed, and whether the signature is theirs.

ssh-keygen verifies it, not a library: it alone knows everything that a file of allowed signers may say (patterns,
namespaces, days, certificates, keys on a token), and an office can do by hand what is done here.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mailer.config import Workspace
from mailer.errors import MailerError, ProofError
from mailer.model.base import Language
from mailer.model.proof import Proof

NAMESPACE = "mailer-approval"
"""What a signature is for; one made for another purpose is none."""
SECONDS = 20
PACKAGES = {"ssh-keygen": "openssh-client", "gpg": "gnupg"}
"""Program → the package of Debian that has it, where that is named otherwise."""
ALONE = {
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
}
"""Nobody's settings, and no network: a repository may name a program to fetch what it lacks."""
HANDED_ON = ("PATH", "HOME", "GNUPGHOME")
BEGINS = b"-----BEGIN SSH SIGNATURE-----"
GOOD = re.compile(r"\b(SHA256:[A-Za-z0-9+/]+)")


_BY = {
    NAMESPACE: f"`ssh-keygen -Y sign -n {NAMESPACE} -f KEY FILE`",
    "git": "`git commit --allow-empty -S -F FILE`",
}


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended, and what it said."""

    code: int
    words: str
    out: bytes = b""
    """What it wrote to its standard output."""


Runner = Callable[[Sequence[str], bytes], Ran]
"""Runs a program with that input."""


def statement(proof: Proof, by: str, languages: Iterable[Language] = ()) -> bytes:
    """Exactly the bytes to be signed: the issue, the digest, whose word it is, and the languages if for some only."""
    only = "".join(f"language {language}\n" for language in sorted(set(languages)))
    what = f"issue {proof.slug}\ndigest {proof.digest}\nby {by}\n{only}"
    return f"I approve what is sent under this digest.\n{what}".encode()


def require_signed(
    workspace: Workspace,
    signed: bytes,
    signature: Path,
    name: str,
    run: Runner | None = None,
    *,
    namespace: str = NAMESPACE,
) -> str:
    """The fingerprint of the key with which `name` signed those bytes. ProofError where nobody can say that."""
    allowed = workspace.config.allowed_signers
    if not allowed:
        raise MailerError(
            "mailer.toml does not say whose keys sign approvals.",
            "Name a file of keys as `allowed_signers`; docs/approving.md shows one.",
        )
    signers = (workspace.root / allowed).resolve()
    if not signers.is_file():
        raise MailerError(f"{allowed} is not there: nobody's keys are known.", "Make it, or bring it back.")
    done = (run or run_program)(
        [
            *("ssh-keygen", "-Y", "verify", "-n", namespace),
            *("-f", str(signers), "-I", name, "-s", str(signature.resolve())),
        ],
        signed,
    )
    found = GOOD.search(done.words)
    if done.code != 0 or not found:
        said = " ".join(done.words.split())[-200:] or "no reason was given"
        raise ProofError(
            f"The signature is not that of {name}: ssh-keygen says: {said}",
            f'{allowed} must name their key for "{name}" and the namespace {namespace}, and they sign what '
            f"`mailer approve DIGEST --by NAME --statement` prints: {_BY[namespace]}.",
        )
    return found[1]


def run_program(command: Sequence[str], given: bytes) -> Ran:
    """Run a program of this machine; MailerError where it is not installed, or does not end."""
    environment = ALONE | {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - no shell, and the arguments are whole
            command, input=given, capture_output=True, timeout=SECONDS, env=environment, check=False
        )
    except FileNotFoundError as error:
        raise MailerError(
            f"{command[0]} is not installed here, and no signature can be verified without it.",
            f"Install it: `apt install {PACKAGES.get(command[0], command[0])}`.",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise MailerError(f"{command[0]} did not end within {SECONDS} seconds.", "Try again.") from error
    words = (done.stdout + done.stderr).decode("utf-8", errors="replace")
    return Ran(done.returncode, words, done.stdout)
