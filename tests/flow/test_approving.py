"""`mailer approve`: typed in, by a mail that is kept, or signed; and a record that cannot be changed unnoticed."""

from __future__ import annotations

import re
import resource
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from mailer.config import open_workspace
from mailer.content import add_approval, read_approvals
from mailer.errors import MailerError, ProblemsError, ProofError
from mailer.flow import approvals_of, approve_proof
from mailer.flow.approval_mail import read_approval_mail
from mailer.flow.approval_signature import NAMESPACE, Ran, statement
from mailer.model.proof import Approval, Proof
from mailer.proof import freeze_proof
from tests.flow.office import ISSUE, Office
from tests.flow.test_languages import PEOPLE
from tests.flow.test_languages import RUSSIAN as RUSSIAN_FILE
from tests.own_words import make_office
from tests.proof.test_proofs import NOW, proof, rendition
from tests.proof.test_who_approves import RUSSIAN

MAIL = """\
From: =?utf-8?q?Irina_=C3=96?= <irina@example.org>
Date: Mon, 19 Dec 2016 10:00:00 +0100
Subject: {subject}
Content-Type: text/{kind}; charset=utf-8

{body}
"""
DATED = b"From: a@example.org\nDate: Mon, 19 Dec 2016 10:00:00 +0100\n"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    make_office(tmp_path / "office")
    folder = tmp_path / "office" / "issues" / "test-issue"
    folder.mkdir()
    (folder / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    return Office(open_workspace(tmp_path / "office", {}))


@pytest.fixture
def made(office: Office) -> Proof:
    return frozen(office)


def frozen(office: Office, **more: object) -> Proof:
    made = proof(slug="test-issue", renditions=(rendition(), RUSSIAN), **more)
    words = {one.variant.key: one.variant.language for one in made.renditions}
    made = made.model_copy(update={"words": words, "heads": dict.fromkeys(words, 1)})
    freeze_proof(made, office.workspace.proofs)
    return made


def settings(office: Office, text: str) -> Office:
    path = office.root / "mailer.toml"
    path.write_text(f"{text}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    return Office(open_workspace(office.root, {}))


def mail(path: Path, subject: str = "Re: the proof", body: str = "Fine.", kind: str = "plain") -> Path:
    path.write_text(MAIL.format(subject=subject, body=body, kind=kind), encoding="utf-8")
    return path


def test_a_reply_mail_is_kept_and_recorded(office: Office, made: Proof, tmp_path: Path) -> None:
    reply = mail(tmp_path / "reply.eml", body=f"<p>Go with <b>{made.seal}</b>.</p>", kind="html")
    printed = office.run("approve", made.seal, "--by", "Irina Ö", "--mail", str(reply))
    assert f"Approved {made.seal} of test-issue by Irina Ö." in printed
    (approval,) = approvals_of(office.workspace, made)
    assert (approval.how, approval.mail_from) == ("attached", "Irina Ö <irina@example.org>")
    assert str(approval.mail_date) == "2016-12-19 10:00:00+01:00"
    kept = office.issue.parent / approval.evidence
    assert kept.read_bytes() == reply.read_bytes()
    assert kept.name.startswith(f"{made.seal}-irina-o-")
    shown = office.run("approve", made.seal)
    assert "by mail from Irina Ö <irina@example.org> of 2016-12-19, kept as approvals/" in shown

    kept.write_bytes(reply.read_bytes().replace(b"Go with", b"Not yet"))
    refused = office.run("approve", made.seal, code=1)
    assert "issues/test-issue/approvals.yaml:7" in refused
    assert "is not the mail that was kept" in refused
    kept.unlink()
    assert "does not exist" in office.run("approve", made.seal, code=1)


@contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """A disk with room for so many bytes a file: what is longer ends in an OSError without a name."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("by_mail", "room"),
    [(False, 100), (True, 100), (True, 300)],
    ids=["the entry", "the mail", "the entry after the mail"],
)
def test_where_nothing_can_be_written_nothing_is_approved_and_that_is_said(
    office: Office, made: Proof, tmp_path: Path, *, by_mail: bool, room: int
) -> None:
    folder = office.issue.parent
    there = sorted(folder.rglob("*"))
    reply = mail(tmp_path / "reply.eml", body=f"I approve {made.seal}.")
    assert 100 < reply.stat().st_size < 300
    options = ("--mail", str(reply)) if by_mail else ()
    with no_file_beyond(room):
        refused = office.run("approve", made.seal, "--by", "Irina Ö", *options, code=1)
    assert "The approval cannot be written in issues/test-issue: File too large." in refused
    assert "Nothing was approved." in refused
    assert sorted(folder.rglob("*")) == there
    assert "Approved" in office.run("approve", made.seal, "--by", "Irina Ö", *options)


def test_what_was_kept_before_stays_where_a_later_approval_cannot_be_written(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    reply = mail(tmp_path / "reply.eml", body=f"I approve {made.seal}.")
    office.run("approve", made.seal, "--by", "Irina Ö", "--mail", str(reply))
    (office.issue.parent / "approvals.yaml").unlink()
    there = sorted(office.issue.parent.rglob("*"))
    with no_file_beyond(300):
        office.run("approve", made.seal, "--by", "Irina Ö", "--mail", str(reply), code=1)
    assert sorted(office.issue.parent.rglob("*")) == there


def test_a_mail_that_names_no_proof_or_another_one_is_refused(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    other = "0" * 6 if not made.digest.startswith("0") else "1" * 6
    for body in ("Fine, send it.", f"I like {other}.", f"x{made.seal}", f"call {made.seal[:5]}"):
        reply = mail(tmp_path / "reply.eml", body=body)
        refused = office.run("approve", made.seal, "--by", "Irina", "--mail", str(reply), code=1)
        assert f"neither the seal {made.seal} nor the digest stands in it" in " ".join(refused.split())
    assert approvals_of(office.workspace, made) == ()
    for subject in (f"Re: proof {made.seal.upper()}", f"Re: {made.digest[:12]}, {made.digest}"):
        content = mail(tmp_path / "reply.eml", subject=subject).read_bytes()
        assert read_approval_mail(content, made, "reply.eml").name == "Irina Ö"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00" * 99,
        b"From: nobody\nDate: Mon, 19 Dec 2016 10:00:00 +0100\n\n",
        b"From: a@example.org\nDate: soon\n\n",
        b"From: =?x-none?b?////?= <a@example.org>\nDate: Mon, 99 Dec 2016 10:00:00 +0100\n\n",
        DATED + b"Content-Type: text/plain; charset=idna\n\n\xff.x",
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3000)),
        DATED + b"Content-Type: text/html\n\n" + b"<" * 1_000_000 + b"0" * 1_000_000,
    ],
)
def test_whatever_is_no_mail_is_refused_in_words(made: Proof, content: bytes) -> None:
    with pytest.raises(ProofError):
        read_approval_mail(content, made, "reply.eml")


def test_a_mail_from_an_author_approves_nothing(office: Office, tmp_path: Path) -> None:
    made = frozen(office, issue={"authors": ["IRINA Ö"]})
    reply = mail(tmp_path / "reply.eml", body=made.seal)
    refused = office.run("approve", made.seal, "--by", "Head", "--mail", str(reply), code=1)
    assert "an author of this issue" in refused


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_a_signature_is_verified_again_whenever_it_counts(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    office = settings(office, 'allowed_signers = "signers"\napproval_kind = "verified"')
    signers = office.root / "signers"
    signers.write_text(f'"Head of Unit" namespaces="{NAMESPACE}" {public}\n')

    signed = tmp_path / "statement.txt"
    signed.write_text(office.run("approve", made.seal, "--by", "Head of Unit", "--statement"))
    assert signed.read_bytes() == statement(made, "Head of Unit")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", key, signed], check=True)
    signature = str(signed) + ".sig"

    assert "a signature" in office.run("approve", made.seal, "--by", "Head of Unit", code=1)
    refused = office.run("approve", made.seal, "--by", "Deputy", "--signed", signature, code=1)
    assert "not that of Deputy" in refused
    narrowed = ("approve", made.seal, "--by", "Head of Unit", "--signed", signature, "--for", "ru")
    assert "not that of Head of Unit" in office.run(*narrowed, code=1), "that was not what was signed"
    other = frozen(office, list_id="other.example.org")
    assert "not that of" in office.run(
        "approve", other.digest, "--by", "Head of Unit", "--signed", signature, code=1
    )
    printed = office.run("approve", made.seal, "--by", "Head of Unit", "--signed", signature)
    assert f"Approved {made.seal}" in printed
    (approval,) = approvals_of(office.workspace, made)
    assert approval.key.startswith("SHA256:")

    signers.write_text("")
    with pytest.raises(ProblemsError) as caught:
        approvals_of(office.workspace, made)
    (problem,) = caught.value.problems
    assert (problem.field, problem.line) == ("approvals[0].evidence", 7)
    assert "ssh-keygen says" in problem.message


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is not installed")
def test_one_signature_is_the_word_of_whom_it_names_and_one_key_is_one_person(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    key = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    public = " ".join(key.with_suffix(".pub").read_text().split()[:2])
    office = settings(office, 'allowed_signers = "signers"\napproval_kind = "verified"\napprovals = 2')
    (office.root / "signers").write_text(f'*@example.org namespaces="{NAMESPACE}" {public}\n')

    def signed(by: str) -> str:
        words = tmp_path / f"{by}.txt"
        words.write_text(office.run("approve", made.seal, "--by", by, "--statement"))
        assert f"\nby {by}\n" in words.read_text()
        subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", NAMESPACE, "-f", key, words], check=True)
        return f"{words}.sig"

    one, two = signed("a@example.org"), signed("b@example.org")
    assert "say who approves: --by name" in office.run("approve", made.seal, "--statement", code=1).lower()
    office.run("approve", made.seal, "--by", "a@example.org", "--signed", one)
    borrowed = office.run("approve", made.seal, "--by", "b@example.org", "--signed", one, code=1)
    assert "not that of b@example.org" in borrowed
    refused = " ".join(
        office.run("approve", made.seal, "--by", "b@example.org", "--signed", two, code=1).split()
    )
    assert f"By that key, a@example.org has approved {made.seal} already" in refused
    forged = approvals_of(office.workspace, made)[0].model_copy(
        update={"by": "b@example.org", "key": "SHA256:x"}
    )
    add_approval(office.issue.parent, forged, Path(two).read_bytes())
    with pytest.raises(ProblemsError, match="with another key than the record says"):
        approvals_of(office.workspace, made)


def test_what_ssh_keygen_says_decides_and_its_absence_is_told(
    office: Office, made: Proof, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = tmp_path / "a.sig"
    signature.write_text("-----BEGIN SSH SIGNATURE-----\n")
    with pytest.raises(MailerError, match="does not say whose keys"):
        approve_proof(office.workspace, made.digest, "Head", signed=signature)
    office = settings(office, 'allowed_signers = "signers"')
    with pytest.raises(MailerError, match="nobody's keys are known"):
        approve_proof(office.workspace, made.digest, "Head", signed=signature)
    (office.root / "signers").write_text("")
    asked: list[Sequence[str]] = []

    def good(command: Sequence[str], given: bytes) -> Ran:
        asked.append(command)
        assert given == statement(made, "Head")
        return Ran(0, 'Good "mailer-approval" signature for Head with ED25519 key SHA256:abc')

    _, approval = approve_proof(office.workspace, made.digest, "Head", signed=signature, run=good)
    assert approval.key == "SHA256:abc"
    assert asked[0][:5] == ["ssh-keygen", "-Y", "verify", "-n", NAMESPACE]
    assert approvals_of(office.workspace, made, run=good) == (approval,)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MailerError, match="ssh-keygen is not installed here"):
        approvals_of(office.workspace, made)
    signature.write_text("no signature")
    with pytest.raises(ProofError, match="not an SSH signature"):
        approve_proof(office.workspace, made.digest, "Head", signed=signature, run=good)


def test_a_new_proof_shows_only_what_changed_since_the_last_approved_one(office: Office, made: Proof) -> None:
    whole = office.run("approve", made.digest)
    assert "subject: S" in whole
    office.run("approve", made.digest, "--by", "Head of Unit")
    changed = rendition().model_copy(update={"text": "t, u\r\n"})
    after = proof(
        slug="test-issue",
        renditions=(changed, RUSSIAN),
        words={changed.variant.key: "English", RUSSIAN.variant.key: "Russian"},
        heads={changed.variant.key: 1, RUSSIAN.variant.key: 1},
    )
    freeze_proof(after, office.workspace.proofs)
    shown = office.run("approve", after.digest)
    assert f"Changed since {made.seal}, which was approved last" in shown
    assert "Text: English" in shown
    assert "-t\n" in shown
    assert "+t, u\n" in shown
    assert "Russian" not in shown
    assert "To approve: mailer approve" in shown
    assert [one.digest for one in approvals_of(office.workspace, after)] == [made.digest]


def test_the_command_says_what_is_still_missing(office: Office) -> None:
    office = settings(office, 'approvals = {all = 1, ru = 1}\napprovers = {ru = ["Irina", "Oleg"]}')
    made = frozen(office, translators={"ru": ("Irina",)})
    printed = office.run("approve", made.digest, "--by", "Head of Unit")
    assert "It does not count for Russian: somebody else has to approve that." in printed
    assert "Still needed: 1 for Russian by Oleg." in printed
    assert "has nothing in French" in office.run(
        "approve", made.digest, "--by", "Oleg", "--for", "fr", code=1
    )
    assert "Still needed" not in office.run("approve", made.digest, "--by", "Oleg", "--for", "ru")
    assert "needs a name" in office.run("approve", made.digest, "--words", "fine", code=2)


@pytest.mark.parametrize("name", ["a. dupont ", "A.  Dupont", "A.Dupont", "\u0410. Dupont"])
def test_a_translator_approves_under_no_other_spelling_either(office: Office, name: str) -> None:
    office = settings(office, "approvals = {all = 1, ru = 1}")
    made = frozen(office, translators={"ru": ("A. Dupont",)})
    printed = office.run("approve", made.digest, "--by", name)
    assert "It does not count for Russian: somebody else has to approve that." in printed


def test_nothing_goes_for_real_that_only_its_translator_has_approved(office: Office) -> None:
    (office.root / "recipients" / "contacts.csv").write_text(PEOPLE, encoding="utf-8")
    russian = RUSSIAN_FILE.replace("language: ru\n", "language: ru\ntranslators: [Irina Petrova]\n")
    (office.issue.parent / "issue.ru.yaml").write_text(russian, encoding="utf-8")
    office.use_relay(9)
    office = Office(open_workspace(office.root, {}))
    printed = office.run("proof", "test-issue", "--to", "everyone", "--no-screenshots")
    found = re.search(r"digest ([0-9a-f]{64})", printed)
    assert found
    assert "It has approvals missing: 1 for English, 1 for Russian by anybody but its translators." in printed
    office.run("approve", found[1], "--by", "irina petrova")
    refused = office.send(found[1], "--dry-run", code=1)
    assert "has approvals missing: 1 for Russian by anybody but its translators." in refused
    office.run("approve", found[1], "--by", "Head of Unit", "--for", "ru")
    assert "FOR REAL" in office.send(found[1], "--dry-run")
    (office.issue.parent / "issue.ru.yaml").write_text(RUSSIAN_FILE, encoding="utf-8")
    refused = office.send(found[1], "--dry-run", code=1)
    assert f"has changed since proof {found[1][:6]} was made: the translators." in refused


def test_an_old_record_is_read_and_one_changed_by_hand_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "approvals.yaml"
    old = "approvals:\n  - digest: aa\n    by: Old Hand\n    at: '2016-12-19T09:00:00Z'\n    how: stated\n"
    path.write_text(old)
    assert read_approvals(tmp_path)[0].by == "Old Hand"
    add_approval(tmp_path, Approval(digest="bb", by="Head of Unit", at=NOW))
    written = path.read_text()
    assert written.startswith(old)
    assert [one.by for one in read_approvals(tmp_path)] == ["Old Hand", "Head of Unit"]
    for change, line, field in (
        (("Head of Unit", "Somebody Else"), 9, "approvals[1].check"),
        (("digest: bb", "digest: cc"), 9, "approvals[1].check"),
        (("how: stated", "how: attached"), 2, "approvals[0].check"),
        (("how: stated", "how: certain"), 5, "approvals[0].how"),
        ((written[written.index("    check:") :], ""), None, ""),
    ):
        path.write_text(written.replace(*change))
        if line is None:
            assert len(read_approvals(tmp_path)) == 2, "as one from before there were checks"
            continue
        with pytest.raises(ProblemsError) as caught:
            read_approvals(tmp_path)
        (problem,) = caught.value.problems
        assert (problem.line, problem.field) == (line, field)
    path.write_text(written + "  - digest: dd\n    by: Forger\n    at: '2016-12-19T09:00:00Z'\n")
    with pytest.raises(ProblemsError, match="not written by `mailer approve`"):
        read_approvals(tmp_path)


def test_an_entry_that_names_a_mail_has_a_check_or_is_refused(tmp_path: Path) -> None:
    mailed = Approval(digest="aa", by="Head", at=NOW, how="attached", mail_from="h@example.org")  # type: ignore[arg-type]
    add_approval(tmp_path, mailed, b"the mail")
    path = tmp_path / "approvals.yaml"
    path.write_text(re.sub(r"    check: .*\n", "", path.read_text()))
    with pytest.raises(ProblemsError, match="not written by `mailer approve`"):
        read_approvals(tmp_path)


def test_who_has_approved_already_is_told_so_and_nothing_weaker_is_added(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    office.run("approve", made.seal, "--by", "Irina Ö", "--for", "ru")
    already = office.run("approve", made.seal, "--by", "irina ö", "--for", "ru", code=1)
    assert f"Irina Ö has approved {made.seal} already: for Russian only, typed in." in already
    office.run("approve", made.seal, "--by", "Irina Ö", "--for", "en")
    reply = mail(tmp_path / "reply.eml", body=made.seal)
    office.run("approve", made.seal, "--by", "Irina Ö", "--mail", str(reply))
    already = office.run("approve", made.seal, "--by", "IRINA Ö", code=1)
    assert f"Irina Ö has approved {made.seal} already: by mail from" in " ".join(already.split())
    assert [one.how for one in approvals_of(office.workspace, made)] == ["stated", "stated", "attached"]
