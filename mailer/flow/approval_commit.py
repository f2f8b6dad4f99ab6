"""An approval that is a signed commit or tag: what it must say, whether git takes it, and whether its key is theirs.

The commit itself is kept beside the issue, and verified in an empty repository that is made for it: so no setting of
the workspace's own repository has a say, and neither a shallow clone nor a history written anew makes it void.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from mailer.config import Workspace
from mailer.content.approvals import MOST_EVIDENCE
from mailer.errors import MailerError, ProofError
from mailer.flow.approval_signature import BEGINS, Runner, require_signed, run_program, statement
from mailer.model.proof import Approval, Proof
from mailer.model.same_person import is_among, name_key

NAMESPACE = "git"
"""What git signs for."""
PGP_BEGINS = b"-----BEGIN PGP SIGNATURE-----"
PERSON = re.compile(rb"^(author|committer|tagger) (([^<>\n]*?) ?<[^<>\n]*>)", re.MULTILINE)
SIGNATURE_HEADER = re.compile(rb"^gpgsig(?:-sha256)? (.*\n(?: .*\n)*)", re.MULTILINE)
STATUS = re.compile(r"^\[GNUPG:\] ([A-Z_]+) ?(.*)$", re.MULTILINE)
DOUBTS = frozenset({"BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"})
FOUND = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64}) ([a-z]+) ([0-9]+)")
SHA256_DIGITS = 64
HOW = "`mailer approve DIGEST --by NAME --statement | git commit --allow-empty -S -F -`"


@dataclass(frozen=True, slots=True)
class Signed:
    """A commit or a tag, as git keeps it."""

    kind: str
    id: str
    content: bytes

    @property
    def named(self) -> str:
        """`commit 3f2a91…`."""
        return f"{self.kind} {self.id}"


def read_signed(workspace: Workspace, commit: str = "", tag: str = "", run: Runner | None = None) -> Signed:
    """The commit or tag of that name, from the repository that holds the workspace. MailerError where it has none."""
    kind, name = ("tag", f"refs/tags/{tag}") if tag else ("commit", f"{commit}^{{commit}}")
    if (commit or tag).startswith("-") or not (commit + tag).isprintable():
        raise MailerError(f'"{commit or tag}" is not the name of a {kind}.', "Give its name as git shows it.")
    run, here = run or run_program, ("git", "--no-replace-objects", "-C", str(workspace.root))
    # The name goes in as input, where git takes nothing for an option.
    found = run([*here, "cat-file", "--batch-check"], f"{name}\n".encode())
    if found.code != 0:
        said = " ".join(found.words.split())[-200:]
        raise MailerError(
            f"git cannot read a repository that holds {workspace.root.name}: {said}",
            "The workspace has to lie in a git repository of yours.",
        )
    at = FOUND.fullmatch(found.out.decode("utf-8", errors="replace").strip())
    if not at:
        raise MailerError(
            f"The repository has no {kind} {commit or tag}.",
            "Fetch it first: `git fetch --tags`, in a shallow clone `git fetch --unshallow`.",
        )
    if at[2] != kind:
        raise ProofError(f"The {kind} {tag} is not signed: it is only a name.", "Make it with `git tag -s`.")
    if int(at[3]) > MOST_EVIDENCE:
        raise ProofError(f"The {kind} {commit or tag} is too large to be kept.", "Make a smaller one.")
    return Signed(kind, at[1], run([*here, "cat-file", kind, at[1]], b"").out)


def require_signed_by(
    workspace: Workspace, signed: Signed, proof: Proof, approval: Approval, run: Runner | None = None
) -> str:
    """The fingerprint of the key with which the approver signed a commit or tag that says the statement.

    ProofError where nobody can say that, where an author of the issue made it, or where it was written by one and
    committed by another, as a rebase does: it would not show whose words they are.
    """
    what = f"The {signed.kind} {signed.id[:12]}"
    payload, signature = _parted(signed)
    if not signature:
        raise ProofError(f"{what} is not signed.", f"Make a signed one: {HOW}.")
    _require_own(what, payload, proof)
    if not _says(payload, statement(proof, approval.by, approval.languages)):
        raise ProofError(
            f"{what} does not say that proof {proof.seal} is approved by {approval.by}.",
            "In its message, a paragraph must be exactly what `mailer approve DIGEST --by NAME --statement` prints, "
            f"with the same --by and --for: {HOW}.",
        )
    if signature.startswith(BEGINS):
        key = _ssh_key(workspace, payload, signature, approval.by, run)
        _git_verifies(workspace, signed, what, run)
        return key
    if signature.startswith(PGP_BEGINS):
        return _pgp_key(workspace, signed, what, approval.by, run)
    raise ProofError(f"{what} is signed neither with SSH nor with OpenPGP.", "Sign with one of them.")


def _parted(signed: Signed) -> tuple[bytes, bytes]:
    """What is signed, and the signature; b"" where it has not exactly one."""
    if signed.kind == "tag":
        begins = [signed.content.rfind(b"\n" + each) + 1 for each in (BEGINS, PGP_BEGINS)]
        cut = max(begins)
        return (signed.content[:cut], signed.content[cut:]) if cut else (signed.content, b"")
    head, blank, message = signed.content.partition(b"\n\n")
    found = SIGNATURE_HEADER.findall(head + b"\n")
    left = SIGNATURE_HEADER.sub(b"", head + b"\n").removesuffix(b"\n")
    signature = found[0].replace(b"\n ", b"\n") if len(found) == 1 else b""
    return left + blank + message, signature


def _require_own(what: str, payload: bytes, proof: Proof) -> None:
    head = payload.partition(b"\n\n")[0]
    people = {whole: name.decode("utf-8", errors="replace") for _, whole, name in PERSON.findall(head)}
    if barred := [name for name in people.values() if is_among(name, proof.authors)]:
        raise ProofError(
            f"{what} is of {barred[0]}, an author of this issue, who cannot approve it.",
            "Ask somebody else for one of their own.",
        )
    if len(people) != 1:
        raise ProofError(
            f"{what} was written by one person and committed by another: {' and '.join(people.values())}.",
            "Whoever approves makes the commit: it must not be rebased, picked or applied by somebody else.",
        )


def _says(payload: bytes, words: bytes) -> bool:
    """Whether a paragraph of the message is the statement, no more and no less."""
    message = payload.partition(b"\n\n")[2].partition(b"\0")[0]
    lines = [line.rstrip() for line in message.splitlines()]
    return words.strip() in b"\n".join(lines).strip().split(b"\n\n")


def _ssh_key(workspace: Workspace, payload: bytes, signature: bytes, name: str, run: Runner | None) -> str:
    """Asked for that very name and as of today: git asks for the day that the commit claims to be of."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "commit.sig"
        path.write_bytes(signature)
        return require_signed(workspace, payload, path, name, run, namespace=NAMESPACE)


def _git_verifies(workspace: Workspace, signed: Signed, what: str, run: Runner | None) -> str:
    """What git says of a good signature, asked where nothing is set but whose keys count. ProofError elsewhere."""
    run, signers = run or run_program, workspace.root / workspace.config.allowed_signers
    with TemporaryDirectory() as folder:
        objects = "sha256" if len(signed.id) == SHA256_DIGITS else "sha1"
        run(["git", "init", "-q", "--bare", "--template=", f"--object-format={objects}", folder], b"")
        git = ("git", "-C", folder, "-c", f"gpg.ssh.allowedSignersFile={signers.resolve()}")
        kept = run([*git, "hash-object", "-t", signed.kind, "-w", "--stdin"], signed.content)
        said = run([*git, f"verify-{signed.kind}", "--raw", signed.id], b"") if kept.code == 0 else kept
    if said.code != 0:
        words = " ".join(said.words.split())[-200:] or "no reason was given"
        raise ProofError(f"{what} is not signed so that git verifies it: {words}", f"Make it anew: {HOW}.")
    return said.words


def _pgp_key(workspace: Workspace, signed: Signed, what: str, name: str, run: Runner | None) -> str:
    keys = workspace.config.gpg_keys
    own = [key for who, key in keys.items() if name_key(who) == name_key(name)]
    if not own:
        raise ProofError(
            f"{what} is signed with OpenPGP, and mailer.toml names no such key of {name}.",
            "Name it by its fingerprint under `gpg_keys`; docs/approving.md shows one.",
        )
    run_with = run or run_program
    run_with(["gpg", "--version"], b"")
    status = STATUS.findall(_git_verifies(workspace, signed, what, run))
    words = [word for word, _ in status]
    valid = [rest.split() for word, rest in status if word == "VALIDSIG"]
    if words.count("GOODSIG") != 1 or len(valid) != 1 or DOUBTS & set(words):
        raise ProofError(f"{what} has no good signature, GnuPG says.", f"Make it anew: {HOW}.")
    # The key that signed, and the main key that it belongs to.
    if own[0] not in (valid[0][0], valid[0][-1]):
        raise ProofError(
            f"{what} is signed with the OpenPGP key {valid[0][-1]}, which is not that of {name} in mailer.toml.",
            "Whoever approves signs with their own key.",
        )
    return str(valid[0][-1])
