"""`mailer approve --mail`: whose mail it is, how old, what in it is theirs, and whether it may be a refusal."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from time import process_time
from unittest.mock import patch

import pytest

from mailer.content import add_approval
from mailer.errors import ProblemsError, ProofError
from mailer.flow import approvals_of
from mailer.flow.approval_mail import read_approval_mail, require_written_after
from mailer.flow.approval_words import reads_as_refusal
from mailer.model.proof import Approval, Proof
from mailer.proof import freeze_proof, load_proof
from tests.flow.office import Office
from tests.flow.test_approving import frozen, made, office, settings
from tests.proof.test_proofs import NOW

__all__ = ["made", "office"]
HEAD = "Head of Unit <head@example.org>"


def reply(
    path: Path,
    text: str,
    sender: str = HEAD,
    dated: str = "Mon, 19 Dec 2016 12:00:00 +0100",
    subject: str = "Re:",
) -> Path:
    path.write_text(
        f"From: {sender}\nDate: {dated}\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n",
        encoding="utf-8",
    )
    return path


def approve(office: Office, made: Proof, by: str, mail: Path, *options: str, code: int = 0) -> str:
    printed = office.run("approve", made.seal, "--by", by, "--mail", str(mail), *options, code=code)
    return " ".join(printed.split())


def test_whom_a_mail_is_from_its_date_and_its_first_lines_are_shown(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    mail = reply(tmp_path / "r.eml", f"Dear all,\n\nI approve {made.seal}.\x1b[2J\n> and this is quoted")
    printed = approve(office, made, "Head of Unit", mail)
    assert "From Head of Unit <head@example.org>, 2016-12-19 12:00 +0100:" in printed
    assert f"Dear all, I approve {made.seal}.[2J Approved" in printed


def test_a_mail_of_another_name_is_taken_only_when_somebody_says_so(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    mail = reply(tmp_path / "r.eml", f"I approve {made.seal}.")
    refused = approve(office, made, "Third Person", mail, code=1)
    assert f"It is from {HEAD}, not from Third Person." in refused
    assert "--confirm-mail" in refused
    assert approvals_of(office.workspace, made) == ()
    with patch("sys.stdin.isatty", return_value=True), patch("typer.confirm", return_value=False):
        approve(office, made, "Third Person", mail, code=1)
    with patch("sys.stdin.isatty", return_value=True), patch("typer.confirm", return_value=True):
        assert "Approved" in approve(office, made, "Third Person", mail)
    (office.issue.parent / "approvals.yaml").unlink()
    assert "Approved" in approve(office, made, "Third Person", mail, "--confirm-mail")


@pytest.mark.parametrize(
    ("sender", "by"),
    [
        ('"Petrova, Irina" <i@example.org>', "Irina Petrova"),
        ("=?utf-8?b?SVJJTkEgUEVUUk9WQQ==?= <x@example.org>", "Irina Petrova"),
        ("irina.petrova@example.org", "Irina Petrova"),
        ("i@example.org", "i@example.org"),
    ],
)
def test_a_name_fits_in_any_order_and_an_address_where_there_is_no_name(
    office: Office, made: Proof, tmp_path: Path, sender: str, by: str
) -> None:
    assert "Approved" in approve(office, made, by, reply(tmp_path / "r.eml", made.seal, sender))


@pytest.mark.parametrize(
    "sender",
    [
        f"{HEAD}\nFrom: Deputy <d@example.org>",
        f"{HEAD}, Deputy <d@example.org>",
        "head@example.org)d@example.org",
        "Head of Unit <head@example.org> <d@example.org>",
        "=?utf-8?q?Head_=3Chead=40example.org=3E?=",
        HEAD + "\n" + " \n" * 5_000 + " , Deputy <d@example.org>",
    ],
)
def test_a_mail_that_is_not_plainly_from_one_person_is_refused(
    made: Proof, tmp_path: Path, sender: str
) -> None:
    with pytest.raises(ProofError, match=r"plainly from one person|no address"):
        read_approval_mail(reply(tmp_path / "r.eml", made.seal, sender).read_bytes(), made, "r.eml")


def test_an_address_hidden_in_a_coded_name_is_no_address(made: Proof, tmp_path: Path) -> None:
    sender = "=?utf-8?q?Head_=3Chead=40example.org=3E?= <ed@example.org>"
    mail = read_approval_mail(reply(tmp_path / "r.eml", made.seal, sender).read_bytes(), made, "r.eml")
    assert mail.sender == "Head head@example.org <ed@example.org>"
    assert mail.doubts("Head")


@pytest.mark.parametrize(
    ("sender", "why"),
    [
        ("EDITORIAL\u00a0desk. <ed@example.org>", "an author of this issue, who cannot approve"),
        ("Editorial desk (Unit) <ed@example.org>", "Its sender may be Editorial desk, an author"),
        ("ed@example.org", "It is from ed@example.org, not from Head of Unit."),
        ("editorial-desk@example.org", "not from Head of Unit"),
    ],
)
def test_an_authors_mail_is_not_the_approval_of_somebody_else(
    office: Office, tmp_path: Path, sender: str, why: str
) -> None:
    made = frozen(office, issue={"authors": ["Editorial desk"]})
    refused = approve(office, made, "Head of Unit", reply(tmp_path / "r.eml", made.seal, sender), code=1)
    assert why in refused


def test_a_mail_older_than_the_proof_is_refused_and_a_proof_is_as_old_as_when_it_was_first_made(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    old = reply(tmp_path / "r.eml", made.seal, dated="Mon, 1 Jan 2001 12:00:00 +0000")
    assert "proof " + made.seal + " was made later" in approve(office, made, "Head of Unit", old, code=1)
    naive = reply(tmp_path / "r.eml", made.seal, dated="Mon, 19 Dec 2016 08:59:59 -0000")
    assert "was made later" in approve(office, made, "Head of Unit", naive, code=1)
    again = made.model_copy(update={"made_at": NOW.replace(year=2020)})
    freeze_proof(again, office.workspace.proofs)
    assert load_proof(made.digest, office.workspace.proofs).made_at == NOW
    assert "Approved" in approve(office, made, "Head of Unit", reply(tmp_path / "r.eml", made.seal))


def test_of_a_long_sender_the_name_is_cut_and_never_the_address(made: Proof, tmp_path: Path) -> None:
    address = f"{'a' * 64}@{'example.' * 40}org"
    mail = reply(tmp_path / "r.eml", made.seal, f"{'Head ' * 100} <{address}>")
    read = read_approval_mail(mail.read_bytes(), made, "r.eml")
    assert read.sender.endswith(f" <{address}>")
    assert len(read.name) <= 150


@pytest.mark.parametrize(
    ("dated", "why"),
    [
        ("Mon, 19 Dec 2016 12:00:00 +01", "its Date cannot be read"),
        ("Mon, 19 Dec 2016 12:00:00 +9999", "its Date cannot be read"),
        ("Mon, 19 Dec 2016 12:00:00 99999999999999999", "its Date cannot be read"),
        ("Mon, 19 Dec 2016 25:00:00 +0100", "its Date cannot be read"),
        ("yesterday", "its Date cannot be read"),
        ("", "it has no Date"),
    ],
)
def test_a_date_that_cannot_be_is_refused_and_only_one_that_is_not_there_is_called_missing(
    made: Proof, tmp_path: Path, dated: str, why: str
) -> None:
    with pytest.raises(ProofError, match=why):
        read_approval_mail(reply(tmp_path / "r.eml", made.seal, dated=dated).read_bytes(), made, "r.eml")


def test_a_leap_second_is_a_date(made: Proof, tmp_path: Path) -> None:
    mail = reply(tmp_path / "r.eml", made.seal, dated="Sat, 31 Dec 2016 23:59:60 +0000")
    read = read_approval_mail(mail.read_bytes(), made, "r.eml")
    assert read.dated == datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("year", [2068, 9999])
def test_a_mail_of_a_day_that_has_not_come_is_refused(
    office: Office, made: Proof, tmp_path: Path, year: int
) -> None:
    mail = reply(tmp_path / "r.eml", made.seal, dated=f"19 Dec {year} 12:00:00 +0100")
    assert "has not come yet" in approve(office, made, "Head of Unit", mail, code=1)
    assert not (office.issue.parent / "approvals.yaml").exists()
    soon = datetime.now(UTC) + timedelta(hours=20)
    fast = reply(tmp_path / "r.eml", made.seal, dated=f"{soon:%d %b %Y %H:%M:%S} +0000")
    require_written_after(read_approval_mail(fast.read_bytes(), made, "r.eml"), made, "r.eml")


@pytest.mark.parametrize("text", ["Fine.\n\n> [Proof {seal}]", "Fine.\n-----Original Message-----\n{seal}"])
def test_a_seal_that_is_only_quoted_names_nothing(
    office: Office, made: Proof, tmp_path: Path, text: str
) -> None:
    mail = reply(tmp_path / "r.eml", text.format(seal=made.seal))
    refused = approve(office, made, "Head of Unit", mail, code=1)
    assert "What is quoted does not count." in refused
    named = reply(tmp_path / "r.eml", text.format(seal=made.seal), subject=f"Re: [Proof {made.seal}] News")
    assert "Approved" in approve(office, made, "Head of Unit", named)


def test_neither_a_quoted_block_nor_an_attachment_is_what_its_sender_wrote(made: Proof) -> None:
    def written(html: str, attached: str = "") -> bytes:
        mail = EmailMessage()
        mail["From"], mail["Date"], mail["Subject"] = HEAD, "Mon, 19 Dec 2016 12:00:00 +0100", "Re: News"
        mail.set_content(html, subtype="html")
        if attached:
            within = EmailMessage()
            within["Subject"] = attached
            within.set_content(attached)
            mail.add_attachment(attached, filename="a.txt")
            mail.add_attachment(within)
        return mail.as_bytes()

    quoted = f"<p>Fine</p><blockquote>a<blockquote>b</blockquote>{made.seal}</blockquote>"
    outlook = f'<p>Fine</p><div id="divRplyFwdMsg">Proof {made.seal}</div>'
    headed = f"<p>Fine</p><p><b>From:</b> Office &lt;o@example.org&gt;</p><p>{made.seal}</p>"
    for content in (written(quoted), written(outlook), written(headed), written("<p>Fine</p>", made.seal)):
        with pytest.raises(ProofError, match="does not name the proof"):
            read_approval_mail(content, made, "r.eml")
    own = f"<p>Go with <b>{made.seal[:3]}</b>{made.seal[3:]} &amp; thanks</p><blockquote>x</blockquote>"
    assert read_approval_mail(written(own), made, "r.eml").begins == (f"Go with {made.seal} & thanks",)


@pytest.mark.parametrize(
    "text",
    [
        "No, I do not approve b10c44.",
        "I do NOT approve this. Never send it.",
        "I don\u2019t think it is ready.",
        "I cannot\nyet agree to this.",
        "Please hold off until Monday.",
        "Rejected.",
        "I disapprove.",
        "Je n\u2019approuve pas cette version.",
        "Je ne peux pas approuver b10c44.",
        "Je ne suis pas d'accord.",
        "Non. Pas encore.",
        "Je refuse.",
        "Не одобряю.",
        "Я не могу это утвердить.",
        "Нет, подождите до понедельника.",
        "Я против.",
        "Возражаю.",
        "Отклонено.",
    ],
)
def test_what_reads_as_a_refusal_is_noticed(text: str) -> None:
    assert reads_as_refusal([text])


@pytest.mark.parametrize(
    "text",
    [
        "I approve b10c44. Please send it.",
        "Approved, no objections.",
        "Newsletter no. 3 is fine, go ahead.",
        "Thank you for the notes on non-Party States. Approved.",
        "J'approuve cette version, vous pouvez l'envoyer.",
        "D'accord, merci. Rien à ajouter.",
        "Одобряю b10c44, можно отправлять.",
        "Согласна, не возражаю.",
        "Я не против, нет возражений.",
        "Утверждаю.",
    ],
)
def test_a_plain_yes_is_not_taken_for_a_refusal(text: str) -> None:
    assert reads_as_refusal([text]) == ""


def test_a_refusal_is_recorded_only_when_somebody_says_that_it_is_none(
    office: Office, made: Proof, tmp_path: Path
) -> None:
    mail = reply(tmp_path / "r.eml", f"I do NOT approve {made.seal}. Never send it.")
    refused = approve(office, made, "Head of Unit", mail, code=1)
    assert f'It may be a refusal: it says "I do NOT approve {made.seal}."' in refused
    assert "Approved" in approve(office, made, "Head of Unit", mail, "--confirm-mail")


def test_one_mail_and_one_address_are_one_person_though_two_are_asked_for(
    office: Office, tmp_path: Path
) -> None:
    office = settings(office, 'approvals = 2\napproval_kind = "attached"')
    made = frozen(office)
    mail = reply(tmp_path / "r.eml", made.seal)
    approve(office, made, "Head of Unit", mail)
    refused = approve(office, made, "Deputy Head", mail, "--confirm-mail", code=1)
    assert f"By that mail, Head of Unit has approved {made.seal} already." in refused
    other = reply(tmp_path / "o.eml", made.seal, "Deputy Head <HEAD@example.org>")
    assert "By that address, Head of Unit" in approve(office, made, "Deputy Head", other, code=1)
    own = reply(tmp_path / "o.eml", made.seal, "Deputy Head <deputy@example.org>")
    assert "more approval" not in approve(office, made, "Deputy Head", own)


def test_what_is_kept_is_read_again_whenever_it_counts(office: Office, made: Proof, tmp_path: Path) -> None:
    folder = office.issue.parent
    told = {"how": "attached", "mail_from": HEAD, "mail_date": NOW.replace(hour=11)}
    for text, update in (
        ("no seal", {}),
        (made.seal, {"mail_from": "Deputy <d@example.org>"}),
        (made.seal, {"mail_date": NOW}),
    ):
        content = reply(tmp_path / "r.eml", text).read_bytes()
        entry = Approval.model_validate({"digest": made.digest, "by": "Deputy", "at": NOW} | told | update)
        add_approval(folder, entry, content)
        with pytest.raises(ProblemsError, match=r"evidence: approvals/\S+ (does not name|is from)"):
            approvals_of(office.workspace, made)
        (folder / "approvals.yaml").unlink()
    approve(office, made, "Head of Unit", reply(tmp_path / "r.eml", made.seal))
    path = folder / "approvals.yaml"
    path.write_text(re.sub(r"    check: .*\n", "", path.read_text()))
    assert "not written by `mailer approve`" in office.run("approve", made.seal, code=1)


def test_a_hostile_mail_is_read_within_bounds(made: Proof, tmp_path: Path) -> None:
    for text in (
        "no. " * 400_000,
        "n't " * 400_000,
        "<blockquote>" * 100_000,
        "not a" * 200_000,
        "не " * 300_000,
    ):
        mail = reply(tmp_path / "r.eml", f"{made.seal}\n{text}")
        read_approval_mail(mail.read_bytes(), made, "r.eml")
        html = mail.read_bytes().replace(b"text/plain", b"text/html")
        read_approval_mail(html, made, "r.eml")


@pytest.mark.parametrize(
    "header",
    [
        "Subject: " + "=?utf-8?q?a?= " * 100_000,
        "Subject: x" + "\n =?utf-8?q?a?=" * 100_000,
        'Content-Type: text/plain; a="' + ';"' * 500_000,
        "Content-Type: text/plain" + "; a*0=b" * 100_000,
        "Content-Disposition: inline" + ";a" * 500_000,
    ],
)
def test_a_mail_with_endless_headers_is_read_within_a_second(
    made: Proof, tmp_path: Path, header: str
) -> None:
    content = f"{header}\nFrom: {HEAD}\nDate: Mon, 19 Dec 2016 12:00:00 +0100\n\n{made.seal}\n".encode()
    begun = process_time()
    read_approval_mail(content, made, "r.eml")
    assert process_time() - begun < 1


def test_a_seal_within_the_first_signs_of_an_endless_subject_is_still_seen(
    made: Proof, tmp_path: Path
) -> None:
    subject = f"Re: [Proof {made.seal}] =?utf-8?q?=D0=90?= " + "=?utf-8?q?a?= " * 1_000
    mail = reply(tmp_path / "r.eml", "Fine.", subject=subject)
    assert read_approval_mail(mail.read_bytes(), made, "r.eml").words == ("Fine.",)
