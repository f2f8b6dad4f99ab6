"""Mails: the words that are meant, photos, attached texts; what is cut off or left out is told."""

from __future__ import annotations

from contextlib import suppress
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.contribution.flowed import unflowed
from mailer.contribution.names import safe_name
from mailer.contribution.quoted import cut_off
from mailer.contribution.reading import read_contribution
from mailer.errors import ProblemsError
from mailer.model.contribution import Contribution, Doubt
from mailer.model.finding import Severity

JPEG = b"\xff\xd8\xff" + b"x" * 20_000


def mail(
    text: str = "Words of ours.\n", *, html: str = "", subject: str = "News", sender: str = ""
) -> EmailMessage:
    made = EmailMessage()
    made["From"] = sender or "Ana Petit <ana@example.org>"
    made["To"] = "office@example.org"
    made["Subject"] = subject
    if text:
        made.set_content(text)
    if html and text:
        made.add_alternative(html, subtype="html")
    elif html:
        made.set_content(html, subtype="html")
    return made


def raw(head: str, body: bytes = b"Words.\r\n") -> bytes:
    return head.replace("\n", "\r\n").encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def read(made: EmailMessage | bytes, name: str = "a.eml") -> tuple[Contribution, ...]:
    return read_contribution(made if isinstance(made, bytes) else made.as_bytes(), name)


def of(found: Contribution, rule: str) -> list[Doubt]:
    return [doubt for doubt in found.doubts if doubt.rule == rule]


def test_the_subject_becomes_the_title_and_the_name_the_sender() -> None:
    [found] = read(
        mail("Hello.\n\nMore.\n", subject="Re: FW: AW: Отв: Сайга", sender="Ана Пети <a@example.org>")
    )
    [piece] = found.pieces
    assert (piece.title, piece.body, found.sender) == ("Сайга", "Hello.\n\nMore.", "Ана Пети")
    assert found.doubts == ()


def test_where_the_body_has_headings_they_are_the_titles() -> None:
    [found] = read(mail("Dear all,\n\n# One\n\nA.\n\n# Two\n\nB.\n"))
    assert [(piece.title, piece.body) for piece in found.pieces] == [
        ("", "Dear all,"),
        ("One", "A."),
        ("Two", "B."),
    ]


@pytest.mark.parametrize(
    "sender", ["ana@example.org", '"ana@example.org" <ana@example.org>', "<ana@example.org>"]
)
def test_an_address_is_never_taken_for_a_name(sender: str) -> None:
    [found] = read(mail(sender=sender))
    assert found.sender == ""
    assert "example.org" not in found.model_dump_json()


@pytest.mark.parametrize(
    ("html", "body", "why"),
    [
        ("<p>Words of <b>ours</b>.</p>", "Words of ours.", ""),
        (
            "<p><a href='https://example.org/r'>Words</a> of ours.</p>",
            "[Words](https://example.org/r) of ours.",
            "links",
        ),
        ("<p>Words</p><ul><li>of</li><li>ours</li></ul>", "Words\n\n- of\n- ours", "lists"),
    ],
)
def test_html_is_taken_where_it_has_more_and_that_is_said(html: str, body: str, why: str) -> None:
    [found] = read(mail(html=html))
    assert found.pieces[0].body == body
    told = [doubt.message for doubt in of(found, "import.choice")]
    assert (f"it has {why} that the text lacks" in told[0]) if why else (told == [])


def test_plain_text_before_and_behind_html_is_not_lost() -> None:
    head = "From: Ana <a@example.org>\nSubject: x\nContent-Type: multipart/mixed; boundary=b"
    parts = [
        ("text/plain", "Before."),
        ("text/html", "<p><a href='https://example.org'>Words</a></p>"),
        ("text/plain", "End."),
    ]
    body = "".join(f"--b\r\nContent-Type: {kind}\r\n\r\n{words}\r\n" for kind, words in parts) + "--b--\r\n"
    [found] = read(raw(head, body.encode()))
    assert found.pieces[0].body == "Before.\n\n[Words](https://example.org)\n\nEnd."


def test_html_alone_is_read_and_its_bad_links_are_told() -> None:
    [found] = read(mail("", html="<p>See <a href='javascript:x'>it</a> {{name}} {++x++}</p>"))
    assert found.pieces[0].body.startswith("See it")
    assert [doubt.words for doubt in of(found, "import.link")] == ["it → javascript:x"]
    assert not of(found, "import.change")


@pytest.mark.parametrize(
    ("below", "what", "words"),
    [
        ("-- \nAna\n+49 228", "signature", "+49 228"),
        ("\n--\nAna", "signature", "Ana"),
        ("Sent from my iPhone", "signature", "iPhone"),
        ("Отправлено с iPhone", "signature", "iPhone"),
        ("> old words\n> more", "quotation", "> more"),
        ("On Mon, 3 May 2016 at 10:00, Anna <b@example.org> wrote:\n\n> old words", "quotation", "Anna"),
        (
            "On Mon, 3 May 2016 at 10:00, Anna Long-Name\n<b@example.org> wrote:\n> old words",
            "quotation",
            "> old",
        ),
        ("Le lun. 3 mai 2016 à 10:00, Anna <b@example.org> a écrit :\n> mots", "quotation", "> mots"),
        ("3 мая 2016 г., в 10:00, Анна <b@example.org> написал(а):\n> слова", "quotation", "> слова"),
        ("03.05.2016 10:00, Анна пишет:\n> слова", "quotation", "> слова"),
        (
            "El lun, 3 may 2016 a las 10:00, Anna (<b@example.org>) escribió:\n> palabras",
            "quotation",
            "palabras",
        ),
        ("Am Mo., 3. Mai 2016 um 10:00 Uhr schrieb Anna <b@example.org>:\n> Worte", "quotation", "> Worte"),
        ("-----Original Message-----\nFrom: Anna\n\nold", "quotation", "old"),
        ("-----Message d'origine-----\nold", "quotation", "old"),
        ("-----Исходное сообщение-----\nold", "quotation", "old"),
        ("-----Mensaje original-----\nold", "quotation", "old"),
        ("-----Ursprüngliche Nachricht-----\nold", "quotation", "old"),
        ("---------- Forwarded message ---------\nold", "quotation", "old"),
        ("From: Anna\nSent: Monday\nTo: Bo\nSubject: News\n\nold", "quotation", "Subject: News"),
        ("От: Анна\nОтправлено: 3 мая\nКому: Бо\nТема: Новости\n\nold", "quotation", "Новости"),
        ("Von: Anna\nGesendet: Montag\nAn: Bo\nBetreff: Neues\n\nold", "quotation", "Neues"),
    ],
)
def test_signatures_and_older_mails_are_cut_off_and_told(below: str, what: str, words: str) -> None:
    [found] = read(mail(f"Words of ours.\n\n{below}\n"))
    assert found.pieces[0].body == "Words of ours."
    [doubt] = found.doubts
    assert doubt.rule == f"import.{what}"
    assert words in doubt.words
    assert doubt.place.endswith("of the mail")


@pytest.mark.parametrize(
    "text",
    [
        "On Monday she wrote: we come.",
        "From: 3 May\nDate of return: 5 May\nPlace: Almaty",
        "The list:\n- one\n-- two",
        "On Tuesday the minister wrote:\n\nDear all, come.",
    ],
)
def test_words_that_only_look_so_stay(text: str) -> None:
    assert cut_off(text) == (text, ())


def test_a_mail_that_is_only_forwarded_stays_whole() -> None:
    [found] = read(mail("---------- Forwarded message ---------\nFrom: Bo\nSubject: News\n\nWords.\n"))
    assert "Words." in found.pieces[0].body


def test_many_quotations_are_told_in_a_few_doubts_that_have_all_words() -> None:
    [found] = read(mail("".join(f"> q{number}\n\na{number}\n\n" for number in range(80))))
    told = of(found, "import.quotation")
    assert len(told) == 50
    assert told[-1].words.split("\n\n") == [f"> q{number}" for number in range(49, 80)]


def test_an_answer_between_the_lines_loses_the_lines_alone() -> None:
    [found] = read(mail("Anna wrote:\n> When?\nOn 3 May.\n\n> Where?\nIn Almaty.\n"))
    assert found.pieces[0].body.endswith("On 3 May.\n\nIn Almaty.")
    assert [doubt.words.splitlines()[-1] for doubt in of(found, "import.quotation")] == [
        "> When?",
        "> Where?",
    ]


def test_signatures_and_quotations_of_html_are_cut_off_too() -> None:
    html = (
        "<p>Words <a href='https://example.org/x'>of ours</a>.</p><div>-- <br>Ana<br>Office</div>"
        "<div>On Mon, Anna wrote:<blockquote><p>old</p></blockquote></div>"
    )
    [found] = read(mail("", html=html))
    assert found.pieces[0].body == "Words [of ours](https://example.org/x)."
    assert of(found, "import.signature")[0].words == "--\nAna\nOffice"
    assert of(found, "import.quotation")[0].words.endswith("> old")


def test_lines_that_flow_are_joined() -> None:
    head = "From: Ana <a@example.org>\nSubject: x\nContent-Type: text/plain; charset=utf-8; format=flowed"
    [found] = read(raw(head, b"One long \r\nline.\r\n  stuffed\r\n\r\n- a \r\nb\r\n-- \r\nAna\r\n"))
    assert found.pieces[0].body == "One long line.\n stuffed\n\n- a b"
    assert of(found, "import.signature")[0].words == "-- \nAna"
    assert unflowed("So \nwird \n> alt \n> neu", delsp=True) == "Sowird\n> altneu"


def test_photos_go_to_the_piece_with_safe_names() -> None:
    made = mail()
    for name in ("../../x/saiga.jpg", "con.jpg", "a\u202egpj.exe.jpg", "..", "C:\\photos\\b.jpg"):
        made.add_attachment(JPEG, maintype="image", subtype="jpeg", filename=name)
    made.add_attachment(JPEG, maintype="application", subtype="octet-stream", filename="c.bin")
    [found] = read(made)
    assert [photo.name for photo in found.pieces[0].photos] == [
        *("saiga.jpg", "con_.jpg", "agpj.exe.jpg", "photo-4.jpg", "b.jpg", "c.bin"),
    ]
    assert found.pieces[0].photos[0].content == JPEG


def test_inline_photos_are_taken_and_small_signs_of_signatures_are_told() -> None:
    made = mail("", html="<p>Words <img src='cid:a'> <img src='cid:b'></p>")
    made.add_related(JPEG, maintype="image", subtype="jpeg", cid="<a>", filename="a.jpg")
    made.add_related(b"\x89PNG\r\n\x1a\n", maintype="image", subtype="png", cid="<b>", filename="logo.png")
    [found] = read(made)
    assert [photo.name for photo in found.pieces[0].photos] == ["a.jpg"]
    assert of(found, "import.picture")[0].words == "logo.png"


def test_photos_of_a_mail_with_several_pieces_are_a_doubt() -> None:
    made = mail("Dear all,\n\n# One\n\nA.\n\n# Two\n\nB.\n")
    made.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="a.jpg")
    [found] = read(made)
    assert [len(piece.photos) for piece in found.pieces] == [0, 1, 0]
    assert of(found, "import.picture")[0].piece == 1


def test_attached_texts_and_mails_are_contributions_of_their_own() -> None:
    made = mail("See attached.\n")
    made.add_attachment("# Saiga\n\nThe fi rst.\n", subtype="markdown", filename="saiga.md")
    inner = mail("Inner words.\n", subject="Inner", sender="Bo <bo@example.org>")
    inner.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="b.jpg")
    made.add_attachment(inner)
    outer, text, inside = read(made)
    assert (outer.file, text.file, inside.file) == ("a.eml", "saiga.md", "mail.eml")
    assert (text.pieces[0].title, text.pieces[0].body) == ("Saiga", "The first.")
    assert (inside.sender, inside.pieces[0].title, len(inside.pieces[0].photos)) == ("Bo", "Inner", 1)


def test_other_files_and_those_that_are_refused_are_told_by_name() -> None:
    made = mail()
    made.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="report.pdf")
    made.add_attachment(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", maintype="application", subtype="x", filename="t.docx"
    )
    made.add_attachment(b"x", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    [found] = read(made)
    told = {doubt.words: doubt for doubt in of(found, "import.attachment")}
    assert set(told) == {"report.pdf", "t.docx", "winmail.dat"}
    assert told["t.docx"].message.startswith(
        "t.docx came with the mail, and was not read: it is a Word document of"
    )
    assert told["winmail.dat"].severity is Severity.STOP


@pytest.mark.parametrize(
    ("head", "body", "words"),
    [
        ("Content-Type: application/pkcs7-mime; name=smime.p7m", b"MIIB", "S/MIME"),
        ("Content-Type: multipart/encrypted; boundary=x", b"--x\r\n\r\na\r\n--x--\r\n", "is encrypted."),
        ("Content-Type: text/plain", b"-----BEGIN PGP MESSAGE-----\r\n\r\nabc\r\n", r"is encrypted \(PGP\)"),
        ("Content-Type: application/ms-tnef; name=winmail.dat", b"abc", "winmail.dat"),
        ("Content-Type: application/pdf; name=a.pdf", b"abc", "no words of its own"),
        ("Content-Type: text/plain", b"\r\n", "without words and photos"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(head: str, body: bytes, words: str) -> None:
    with pytest.raises(ProblemsError, match=words) as refused:
        read(raw(f"From: Ana <a@example.org>\n{head}", body))
    assert refused.value.problems[0].hint


def test_a_signed_mail_is_read_and_its_signature_is_nothing() -> None:
    head = "From: Ana <a@example.org>\nSubject: x\nContent-Type: multipart/signed; boundary=b"
    body = (
        b"--b\r\nContent-Type: text/plain\r\n\r\nWords.\r\n--b\r\nContent-Type: application/pkcs7-signature; "
        b"name=smime.p7s\r\nContent-Transfer-Encoding: base64\r\n\r\nMIIB\r\n--b--\r\n"
    )
    [found] = read(raw(head, body))
    assert (found.pieces[0].body, found.doubts) == ("Words.", ())
    pgp = b"-----BEGIN PGP SIGNED MESSAGE-----\r\nHash: x\r\n\r\nWords.\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\nx\r\n"
    [found] = read(raw("From: Ana <a@example.org>\nSubject: x", pgp))
    assert found.pieces[0].body == "Words."


@pytest.mark.parametrize(
    ("charset", "content", "body", "told"),
    [
        ("windows-1251", "Сайга".encode("cp1251"), "Сайга", False),
        ("nonsense", "Сайга".encode(), "Сайга", True),
        ("us-ascii", "Сайга".encode(), "Сайга", False),
        ("utf-8", "Текст о сайге".encode("cp1251"), "Текст о сайге", True),
    ],
)
def test_letters_are_read_also_where_the_mail_is_wrong_about_them(
    charset: str, content: bytes, body: str, told: bool
) -> None:
    head = f"From: Ана <a@example.org>\nSubject: Сайга\nContent-Type: text/plain; charset={charset}"
    [found] = read(raw(head, content))
    assert (found.pieces[0].title, found.pieces[0].body, found.sender) == ("Сайга", body, "Ана")
    assert bool(of(found, "import.encoding")) is told


def test_damaged_base64_is_told() -> None:
    head = "From: Ana <a@example.org>\nSubject: x\nContent-Type: multipart/mixed; boundary=b"
    body = (
        b"--b\r\n\r\nWords.\r\n--b\r\nContent-Type: image/jpeg; name=a.jpg\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        b"/9j/4AA$$$QSkZJRgAB\r\n--b--\r\n"
    )
    [found] = read(raw(head, body))
    assert "damaged" in of(found, "import.attachment")[0].message


def test_mails_in_mails_end_somewhere() -> None:
    made = mail("Innermost.\n")
    for _ in range(5):
        outer = mail("Outer.\n")
        outer.add_attachment(made)
        made = outer
    found = read(made)
    assert len(found) == 3
    assert "a mail in a mail" in of(found[-1], "import.attachment")[0].message


@pytest.mark.parametrize(
    "content",
    [
        raw("From: " + "(" * 100_000 + "\nSubject: x"),
        raw("From: a@example.org\nSubject: " + "=?utf-8?b?" * 50_000),
        raw("From: a@example.org\nContent-Type: multipart/mixed; boundary=" + "x" * 100_000),
        raw("From: a@example.org\nContent-Type: text/plain; " + "a=b; " * 50_000),
        raw("From: a@example.org\nContent-Type: multipart/mixed; boundary=x", b"--x\r\n\r\na\r\n" * 20_000),
        raw(
            "From: a@example.org\nContent-Type: multipart/mixed; boundary=x0",
            "".join(
                f"--x{n}\nContent-Type: multipart/mixed; boundary=x{n + 1}\n\n" for n in range(2_000)
            ).encode(),
        ),
        raw("From: a@example.org\nX: " + "\n x" * 100_000),
        raw("From: a@example.org", b"On a:\n" * 20_000),
        raw("From: a@example.org", b"> a\nb\n" * 10_000),
        raw("From: a@example.org\nContent-Type: text/html", b"<div>" * 100_000),
        raw("From: a@example.org\nContent-Type: message/rfc822", b"Content-Type: message/rfc822\n\n" * 3_000),
    ],
    ids=lambda content: content[:40].decode(),
)
def test_a_hostile_mail_is_read_or_refused_without_ado(content: bytes) -> None:
    with suppress(ProblemsError):
        read(content)


PARTS = st.sampled_from(
    [
        *(
            b"From: a@example.org\r\n",
            b"Subject: =?utf-8?q?=\r\n",
            b"Content-Type: multipart/mixed; boundary=b\r\n",
        ),
        *(
            b"\r\n",
            b"--b\r\n",
            b"--b--\r\n",
            b"Content-Type: text/html; charset=x\r\n",
            b"<p>a</p>",
            b"> a\r\n",
        ),
        *(
            b"Content-Transfer-Encoding: base64\r\n",
            b"\xff\xfe",
            b"Content-Type: message/rfc822\r\n",
            b"-- \r\n",
            b"a:\n",
        ),
        *(
            b"Content-Disposition: attachment; filename*=utf-8''%0a..%2fa.md\r\n",
            b"begin 644 a\n",
            b"words\r\n",
        ),
    ]
)


@given(st.lists(PARTS | st.binary(max_size=8), max_size=16).map(b"".join))
def test_whatever_the_bytes_are_there_are_contributions_or_a_refusal(content: bytes) -> None:
    with suppress(ProblemsError):
        for found in read(b"From: a@example.org\r\n" + content):
            found.model_dump_json(exclude={"pieces": {"__all__": {"photos"}}})
            assert all(
                safe_name(photo.name) == photo.name for piece in found.pieces for photo in piece.photos
            )


@given(st.text(max_size=60))
def test_a_safe_name_is_one_name_that_stays_safe(name: str) -> None:
    safe = safe_name(name)
    assert safe_name(safe) == safe
    assert safe.isprintable()
    assert not set(safe) & set('/\\<>:"|?*\r\n\0')
    assert safe not in ("", ".", "..")
