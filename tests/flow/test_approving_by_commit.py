"""`mailer approve --commit`, `--tag`: signed with SSH or OpenPGP, in the repository that holds the workspace."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.errors import MailerError, ProblemsError
from mailer.flow import approvals_of, approve_proof
from mailer.flow.approval_signature import statement
from mailer.model.proof import Proof
from tests.flow.office import ISSUE, Office
from tests.flow.test_approving import frozen, settings
from tests.own_words import make_office

pytestmark = pytest.mark.skipif(
    not (shutil.which("git") and shutil.which("ssh-keygen")), reason="git or ssh-keygen is not installed"
)
HEAD = "Head of Unit"


@dataclass
class Repository:
    """A repository that holds an office, and what people do in it."""

    folder: Path
    office: Office
    keys: Path

    def git(self, *arguments: str, given: str = "", author: str = HEAD) -> str:
        people = {
            f"GIT_{who}_{what}": value
            for who, name in (("AUTHOR", author), ("COMMITTER", HEAD))
            for what, value in (("NAME", name), ("EMAIL", f"{name.split()[0].lower()}@example.org"))
        }
        clean = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        done = subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | people | clean,
        )
        return done.stdout.strip()

    def key(self, name: str) -> str:
        """Somebody's SSH key: the file; made where they have none."""
        path = self.keys / name
        if not path.exists():
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path], check=True)
        return str(path)

    def public(self, name: str) -> str:
        return " ".join(Path(f"{self.key(name)}.pub").read_text().split()[:2])

    def commit(self, message: str, *options: str, key: str = "head", author: str = HEAD) -> str:
        """A commit signed with that key; its id."""
        signing = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={self.key(key)}")
        self.git(*signing, "commit", "--allow-empty", "-S", *options, "-F", "-", given=message, author=author)
        return self.git("rev-parse", "HEAD")

    def signers(self, text: str) -> None:
        (self.office.root / "signers").write_text(text)

    def approve(self, made: Proof, *options: str, by: str = HEAD, code: int = 0) -> str:
        return " ".join(self.office.run("approve", made.seal, "--by", by, *options, code=code).split())


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    root = tmp_path / "repository" / "office"
    make_office(root)
    folder = root / "issues" / "test-issue"
    folder.mkdir()
    (folder / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    office = settings(
        Office(open_workspace(root, {})), 'allowed_signers = "signers"\napproval_kind = "verified"'
    )
    (tmp_path / "keys").mkdir()
    made = Repository(tmp_path / "repository", office, tmp_path / "keys")
    made.git("init", "-q")
    made.git("config", "user.name", HEAD)
    made.signers(f'"{HEAD}" namespaces="git" {made.public("head")}\nDeputy {made.public("deputy")}\n')
    return made


@pytest.fixture
def made(repository: Repository) -> Proof:
    return frozen(repository.office)


def says(made: Proof, *languages: str, by: str = HEAD) -> str:
    return statement(made, by, languages).decode()


def test_a_commit_that_says_the_statement_approves_and_is_verified_again_whenever_it_counts(
    repository: Repository, made: Proof
) -> None:
    office = repository.office
    printed = office.run("approve", made.seal)
    hint = f"mailer approve {made.digest[:12]} --by NAME --statement | git commit --allow-empty -S -F -"
    assert hint in printed
    assert f"mailer approve {made.digest[:12]} --by NAME --commit HEAD" in printed
    name = repository.commit(office.run("approve", made.seal, "--by", HEAD, "--statement"))
    refused = repository.approve(made, "--commit", "HEAD", by="Deputy", code=1)
    assert f"does not say that proof {made.seal} is approved by Deputy" in refused
    assert f"Approved {made.seal}" in repository.approve(made, "--commit", "HEAD")
    (approval,) = approvals_of(office.workspace, made)
    assert (approval.how, approval.signed_in) == ("verified", f"commit {name}")
    assert approval.key.startswith("SHA256:")
    kept = office.issue.parent / approval.evidence
    assert kept.read_bytes().startswith(b"tree ")
    assert kept.suffix == ".commit"
    assert f"by the commit {name[:12]}, kept as approvals/" in office.run("approve", made.seal)

    shutil.rmtree(repository.folder / ".git")
    assert approvals_of(office.workspace, made) == (approval,), "what is kept needs no repository"
    repository.signers(f"Deputy {repository.public('deputy')}\n")
    with pytest.raises(ProblemsError) as caught:
        approvals_of(office.workspace, made)
    (problem,) = caught.value.problems
    assert problem.field == "approvals[0].evidence"
    assert f"not that of {HEAD}" in problem.message
    kept.write_bytes(kept.read_bytes() + b"\n")
    assert "has changed since" in office.run("approve", made.seal, code=1)


@pytest.mark.parametrize("objects", ["sha1", "sha256"])
def test_a_signed_tag_approves_in_either_kind_of_repository(
    repository: Repository, made: Proof, objects: str
) -> None:
    shutil.rmtree(repository.folder / ".git")
    repository.git("init", "-q", f"--object-format={objects}")
    repository.commit("Something else")
    signing = ("-c", "gpg.format=ssh", "-c", f"user.signingkey={repository.key('head')}")
    repository.git(*signing, "tag", "-s", "ok/january", "-F", "-", given=f"January\n\n{says(made)}")
    repository.git("tag", "plain")
    repository.git("tag", "-a", "annotated", "-m", says(made))
    assert "It is only a name" not in repository.approve(made, "--tag", "ok/january")
    (approval,) = approvals_of(repository.office.workspace, made)
    assert approval.signed_in.startswith("tag ")
    assert "only a name" in repository.approve(made, "--tag", "plain", code=1)
    assert "is not signed" in repository.approve(made, "--tag", "annotated", code=1)
    assert "has no tag january" in repository.approve(made, "--tag", "january", code=1)
    repository.commit(says(made))
    already = repository.approve(made, "--commit", "HEAD", code=1)
    assert (
        f"{HEAD} has approved {made.seal} already: signed with the key {approval.key}, by the tag" in already
    )
    (repository.office.issue.parent / "approvals.yaml").unlink()
    assert "Approved" in repository.approve(made, "--commit", "HEAD")


def test_one_key_is_one_person_under_whatever_names_it_signs(repository: Repository, made: Proof) -> None:
    repository.signers(f'*@example.org namespaces="git" {repository.public("head")}\n')
    repository.commit(says(made, by="a@example.org"))
    repository.approve(made, "--commit", "HEAD", by="a@example.org")
    refused = repository.approve(made, "--commit", "HEAD", by="b@example.org", code=1)
    assert "is approved by b@example.org" in refused, "the statement names its signer"
    repository.commit(says(made, by="b@example.org"))
    refused = repository.approve(made, "--commit", "HEAD", by="b@example.org", code=1)
    assert f"By that key, a@example.org has approved {made.seal} already" in refused


def test_only_a_paragraph_that_is_exactly_the_statement_counts(repository: Repository, made: Proof) -> None:
    other = frozen(repository.office, list_id="other.example.org")
    quoted = "".join(f"> {line}\n" for line in says(made).splitlines())
    for message in (
        "Fine, send it.",
        made.digest,
        says(other),
        quoted,
        says(made, "ru"),
        says(made) + "but not today\n",
        says(made).replace(made.digest, made.seal),
    ):
        name = repository.commit(message)
        refused = repository.approve(made, "--commit", name, code=1)
        assert f"does not say that proof {made.seal} is approved by {HEAD}" in refused, message
    assert approvals_of(repository.office.workspace, made) == ()
    repository.commit(f"January\n\n{says(made, 'ru')}\nWith thanks\n")
    assert "does not say" in repository.approve(made, "--commit", "HEAD", code=1)
    assert "Approved" in repository.approve(made, "--commit", "HEAD", "--for", "ru")


def test_only_who_may_approve_and_made_the_commit_themselves_is_taken(
    repository: Repository, made: Proof
) -> None:
    repository.git("commit", "--allow-empty", "-q", "-m", says(made))
    assert "is not signed" in repository.approve(made, "--commit", "HEAD", code=1)
    repository.commit(says(made), key="stranger")
    assert f"not that of {HEAD}" in repository.approve(made, "--commit", "HEAD", code=1)
    repository.commit(says(made), key="deputy")
    assert f"not that of {HEAD}" in repository.approve(made, "--commit", "HEAD", code=1)
    repository.commit(says(made), author="Somebody Else")
    refused = repository.approve(made, "--commit", "HEAD", code=1)
    assert f"written by one person and committed by another: Somebody Else and {HEAD}" in refused
    good = repository.commit(says(made))
    for signers in (
        f'"{HEAD}" namespaces="mailer-approval" {repository.public("head")}\n',
        f'"{HEAD}" valid-before="20200101" {repository.public("head")}\n',
    ):
        repository.signers(signers)
        assert f"not that of {HEAD}" in repository.approve(made, "--commit", good, code=1)
    wrote = frozen(repository.office, issue={"authors": [HEAD.upper()]})
    repository.commit(says(wrote))
    repository.signers(f'"{HEAD}","Other" namespaces="git" {repository.public("head")}\n')
    assert "an author of this issue" in repository.approve(wrote, "--commit", "HEAD", code=1)
    assert "an author of this issue" in repository.approve(wrote, "--commit", "HEAD", by="Other", code=1)
    strict = settings(repository.office, 'approvers = ["Deputy"]')
    refused = strict.run("approve", made.seal, "--by", HEAD, "--commit", good, code=1)
    assert "not among the approvers" in refused


def test_a_key_that_counted_on_the_day_of_the_commit_must_still_count_today(
    repository: Repository, made: Proof, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2019-06-01T10:00:00Z")
    name = repository.commit(says(made))
    repository.signers(f'"{HEAD}" valid-before="20200101" {repository.public("head")}\n')
    repository.git(
        "-c", f"gpg.ssh.allowedSignersFile={repository.office.root / 'signers'}", "verify-commit", name
    )
    assert f"not that of {HEAD}" in repository.approve(made, "--commit", name, code=1)


def test_a_commit_changed_after_it_was_signed_is_refused(repository: Repository, made: Proof) -> None:
    repository.commit("Something else")
    content = repository.git("cat-file", "commit", "HEAD").replace("Something else", says(made)) + "\n"
    forged = repository.git("hash-object", "-t", "commit", "-w", "--stdin", given=content)
    assert f"not that of {HEAD}" in repository.approve(made, "--commit", forged, code=1)
    good = repository.commit(says(made))
    repository.git("replace", forged, good)
    assert f"not that of {HEAD}" in repository.approve(made, "--commit", forged, code=1)


def test_no_setting_of_the_repository_runs_anything_or_says_whose_key_counts(
    repository: Repository, made: Proof, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = tmp_path / "ran"
    evil = tmp_path / "evil"
    evil.write_text(f"#!/bin/sh\ntouch {ran}\necho 'Good \"git\" signature for {HEAD} with key SHA256:abc'\n")
    evil.chmod(0o755)
    theirs = tmp_path / "theirs"
    theirs.write_text(f'"{HEAD}" {repository.public("stranger")}\n')
    name = repository.commit(says(made), key="stranger")
    for setting, value in (
        ("gpg.program", evil),
        ("gpg.ssh.program", evil),
        ("gpg.openpgp.program", evil),
        ("gpg.ssh.allowedSignersFile", theirs),
        ("core.fsmonitor", evil),
        ("core.hooksPath", tmp_path),
        ("core.pager", evil),
        ("core.sshCommand", evil),
        ("remote.origin.url", f"ext::{evil}"),
        ("remote.origin.promisor", "true"),
        ("protocol.allow", "always"),
        ("extensions.partialClone", "origin"),
    ):
        repository.git("config", setting, str(value))
    repository.git("config", "core.repositoryformatversion", "1")
    for variable in ("GIT_DIR", "GIT_CONFIG_PARAMETERS", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF"):
        monkeypatch.setenv(variable, str(evil))
    monkeypatch.setenv("GIT_DIR", str(tmp_path))
    assert f"not that of {HEAD}" in repository.approve(made, "--commit", name, code=1)
    # Whether git says that it is missing or that it may not fetch it, is git's affair.
    refused = repository.approve(made, "--commit", "1" * 40, code=1)
    assert "has no commit" in refused or "git cannot read" in refused
    assert not ran.exists()


@pytest.mark.parametrize("name", ["--output=x", "-h", "HEAD\nHEAD", "nowhere", "HEAD HEAD", ":office", "--"])
def test_what_is_no_commit_is_refused_in_words(repository: Repository, made: Proof, name: str) -> None:
    repository.commit(says(made))
    for given in ({"commit": name}, {"tag": name}):
        with pytest.raises(MailerError, match=r"is not the name of a|The repository has no"):
            approve_proof(repository.office.workspace, made.digest, HEAD, **given)  # type: ignore[arg-type]
    if name.isprintable():
        repository.approve(made, f"--commit={name}", code=1)
    assert not (repository.office.root / "x").exists()


def test_two_kinds_at_once_and_a_commit_without_a_name_are_refused(
    repository: Repository, made: Proof
) -> None:
    assert "not by two of them" in repository.approve(made, "--commit", "HEAD", "--tag", "v1", code=1)
    assert "needs a name" in repository.office.run("approve", made.seal, "--commit", "HEAD", code=2)


def test_a_shallow_clone_an_empty_folder_and_a_machine_without_git_are_told(
    repository: Repository, made: Proof, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = repository.commit(says(made))
    repository.commit("Something else")
    shallow = tmp_path / "shallow"
    repository.git("clone", "-q", "--depth", "1", f"file://{repository.folder}", str(shallow))
    shutil.rmtree(repository.folder / ".git")
    refused = repository.approve(made, "--commit", name, code=1)
    assert "git cannot read a repository that holds office: fatal: not a git repository" in refused
    shutil.move(shallow / ".git", repository.folder / ".git")
    refused = repository.approve(made, "--commit", name, code=1)
    assert f"The repository has no commit {name}." in refused
    assert "git fetch --unshallow" in refused
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MailerError, match="git is not installed here"):
        approve_proof(repository.office.workspace, made.digest, HEAD, commit=name)


@pytest.fixture
def pgp(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of OpenPGP keys in which GnuPG works; its path is short, as its sockets need it."""
    if not shutil.which("gpg"):
        pytest.skip("gpg is not installed")
    home = tmp_path_factory.mktemp("g")
    home.chmod(0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    ending = [shutil.which("gpgconf") or "gpgconf", "--kill", "all"]
    yield home
    subprocess.run(ending, check=False, capture_output=True)


def new_pgp_key(name: str, expires: str = "never") -> str:
    quiet = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run(
        [*quiet, "--quick-gen-key", f"{name} <key@example.org>", "ed25519", "sign", expires],
        check=True,
        capture_output=True,
    )
    listed = subprocess.run(
        ["gpg", "--with-colons", "--list-keys", f"={name} <key@example.org>"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))


def test_an_openpgp_signature_counts_by_the_fingerprint_in_mailer_toml(
    repository: Repository, made: Proof, pgp: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    head, stranger = new_pgp_key(HEAD), new_pgp_key(f"{HEAD} II")
    spaced = " ".join(head[n : n + 4].lower() for n in range(0, 40, 4))

    def signed(key: str, message: str) -> str:
        sign = ("-c", f"user.signingkey={key}", "commit", "--allow-empty", "-S", "-F", "-")
        repository.git(*sign, given=message)
        return repository.git("rev-parse", "HEAD")

    good, other = signed(head, says(made)), signed(stranger, says(made))
    refused = repository.approve(made, "--commit", good, code=1)
    assert f"mailer.toml names no such key of {HEAD}" in refused
    repository.office = settings(repository.office, f'gpg_keys = {{"{HEAD}" = "{spaced}"}}')
    refused = repository.approve(made, "--commit", other, code=1)
    assert f"signed with the OpenPGP key {stranger}, which is not that of {HEAD}" in refused
    content = repository.git("cat-file", "commit", good).replace("January", "") + "\n\nand more\n"
    forged = repository.git("hash-object", "-t", "commit", "-w", "--stdin", given=content)
    assert "not signed so that git verifies it" in repository.approve(made, "--commit", forged, code=1)
    repository.git("-c", f"user.signingkey={head}", "tag", "-s", "ok", "-F", "-", given=says(made))
    for by_what in (("--tag", "ok"), ("--commit", good)):
        (repository.office.issue.parent / "approvals.yaml").unlink(missing_ok=True)
        assert "Approved" in repository.approve(made, *by_what)
        (given,) = approvals_of(repository.office.workspace, made)
        assert given.key == head

    withdrawn = repository.office.root / "mailer.toml"
    withdrawn.write_text(withdrawn.read_text().replace(spaced, stranger))
    workspace = open_workspace(repository.office.root, {})
    with pytest.raises(ProblemsError, match="which is not that of"):
        approvals_of(workspace, made)
    only = tmp_path / "bin"
    only.mkdir()
    for program in ("git", "ssh-keygen"):
        (only / program).symlink_to(shutil.which(program) or "")
    monkeypatch.setenv("PATH", str(only))
    with pytest.raises(MailerError, match="gpg is not installed here"):
        approvals_of(repository.office.workspace, made)


@pytest.mark.parametrize("withdraw", ["revoke", "expire"])
def test_an_openpgp_key_that_was_revoked_or_has_expired_counts_no_more(
    repository: Repository, made: Proof, pgp: Path, withdraw: str
) -> None:
    key = new_pgp_key(HEAD)
    repository.office = settings(repository.office, f'gpg_keys = {{"{HEAD}" = "{key}"}}')
    sign = ("-c", f"user.signingkey={key}", "commit", "--allow-empty", "-S", "-F", "-")
    repository.git(*sign, given=says(made))
    repository.approve(made, "--commit", "HEAD")
    how: dict[str, Callable[[], object]] = {"revoke": lambda: revoke(pgp, key), "expire": lambda: expire(key)}
    how[withdraw]()
    with pytest.raises(ProblemsError):
        approvals_of(repository.office.workspace, made)


def revoke(home: Path, key: str) -> None:
    made = (home / "openpgp-revocs.d" / f"{key}.rev").read_text()
    subprocess.run(
        ["gpg", "--batch", "--import"],
        input=made.replace(":-----BEGIN", "-----BEGIN").encode(),
        check=True,
        capture_output=True,
    )


def expire(key: str) -> None:
    quiet = ["gpg", "--batch", "--pinentry-mode", "loopback", "--passphrase", ""]
    subprocess.run([*quiet, "--quick-set-expire", key, "seconds=1"], check=True, capture_output=True)
    # GnuPG counts in whole seconds.
    subprocess.run(["sleep", "2.1"], check=True)


def test_a_sending_for_real_asks_again_whose_key_it_is(repository: Repository) -> None:
    office = repository.office
    office.people(3)
    office.use_relay(9)
    office = Office(open_workspace(office.root, {}))
    printed = office.run("proof", "test-issue", "--to", "everyone", "--no-screenshots")
    found = re.search(r"digest ([0-9a-f]{64})", printed)
    assert found
    assert "--by NAME --statement | git commit --allow-empty -S -F -" in printed
    repository.commit(office.run("approve", found[1], "--by", HEAD, "--statement"))
    assert "has 0 of 1 approval" in office.send(found[1], "--dry-run", code=1)
    office.run("approve", found[1], "--by", HEAD, "--commit", "HEAD")
    assert "FOR REAL" in office.send(found[1], "--dry-run")
    repository.signers(f"Deputy {repository.public('deputy')}\n")
    assert f"not that of {HEAD}" in office.send(found[1], "--dry-run", code=1)
