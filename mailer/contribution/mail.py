"""Mails (.eml): the words of the body, the photos with it, and the files that came attached."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailer.contribution.flowed import unflowed
from mailer.contribution.mail_body import Gathered, body_of
from mailer.contribution.mail_letters import decoded
from mailer.contribution.mail_reading import (
    AS_PLAIN,
    Part,
    field_of,
    parts_of,
    read_mail,
    sender_of,
)
from mailer.contribution.markdown import pieces_of
from mailer.contribution.names import safe_name
from mailer.contribution.text import MOST_BYTES, clean_text
from mailer.errors import ProblemsError
from mailer.model.contribution import Contribution, Doubt, Photo, Piece
from mailer.model.finding import Severity
from mailer.source.packed import len_in_words, refuse

ReadAttached = Callable[[bytes, str], tuple[Contribution, ...]]

_READ = (".docx", ".md", ".markdown", ".txt", ".eml")
_SIGNATURES = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_PICTURE = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP", re.DOTALL)
_ENDINGS = {"image/jpeg": ".jpg", "image/png": ".png", "image/gif": ".gif", "image/webp": ".webp"}
_A_LOGO = 10_000
"""Bytes: a picture among the words that has fewer is a sign of a signature, and no photo."""
_ANSWER = re.compile(r"(?i)(?:(?:re|fwd?|aw|wg|tr|rv|отв|на|нa|пер|ha)\s?(?:\[\d{1,3}\])?\s?:\s*)+")
_PGP_HEAD = re.compile(r"-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z]{1,20}:[^\n]{0,200}\n){0,5}\n?")


def read_eml(content: bytes, file: str, read_attached: ReadAttached) -> tuple[Contribution, ...]:
    """A mail as a contribution, and after it those of the Word files, texts and mails attached to it.

    Quoted mails and signatures are cut off, and are doubts with their words. ProblemsError where it is encrypted, no
    mail, or has neither words nor anything else to read.
    """
    mail = read_mail(content, file)
    parts = parts_of(mail, file)
    found = Gathered(file, alternatives={part.alternative for part in parts if _is_html(part)} - {0})
    for part in parts:
        _take(part, found)
    text = body_of(found)
    subject = _ANSWER.sub("", field_of(mail, "subject"), count=1).strip()[:300]
    others = _attached(found, read_attached)
    read = pieces_of(text, file, title=subject, where=lambda line: f"line {line} of the mail")
    if not read.pieces and not found.photos and not others:
        raise _nothing(found)
    own = _with_photos(read, found, subject)
    return (own.model_copy(update={"sender": sender_of(mail)}), *others)


def _is_html(part: Part) -> bool:
    return part.media_type == "text/html" and not part.is_attached and not part.name


def _take(part: Part, found: Gathered) -> None:
    """Put a part where it belongs."""
    name = safe_name(part.name, "")
    kind = part.media_type
    if part.is_damaged:
        message = "A part of the mail is damaged; of it there may be only half."
        found.doubt(
            "import.attachment", Severity.WARN, name, message, "Ask for the mail, or the file, again."
        )
    if kind in _SIGNATURES:
        return
    if kind == "application/ms-tnef" or name.lower() == "winmail.dat":
        message = "winmail.dat is Outlook's own form, and is not read: photos and files may be in it."
        found.doubt("import.attachment", Severity.STOP, name or "winmail.dat", message, _ANEW)
    elif kind == "message/rfc822":
        found.others.append(
            (name if name.lower().endswith(".eml") else f"{name or 'mail'}.eml", part.content)
        )
    elif kind.startswith("image/") or _PICTURE.match(part.content):
        _take_photo(part, name, found)
    elif kind in ("text/plain", "text/html") and not part.is_attached and not name:
        _take_words(part, found)
    elif name.lower().endswith(_READ):
        found.others.append((name, part.content))
    elif part.content.strip():
        message = "A file came with the mail that is not read here."
        hint = "Put it where readers can get it, and link to it; or leave it out."
        found.doubt("import.attachment", Severity.WARN, name or kind, message, hint)


_ANEW = "Ask for the mail anew, sent as HTML or as plain text, with the photos attached."


def _take_photo(part: Part, name: str, found: Gathered) -> None:
    name = name or f"photo-{len(found.photos) + 1}{_ENDINGS.get(part.media_type, '.jpg')}"
    if part.cid and len(part.content) < _A_LOGO and any(f"cid:{part.cid}" in html for html in found.html):
        message = "A small picture among the words was left out: signatures have such."
        found.doubt(
            "import.picture", Severity.NOTE, name, message, "Save it from the mail where it is meant."
        )
    elif part.content:
        found.photos.append(Photo(name=name, content=part.content))


def _take_words(part: Part, found: Gathered) -> None:
    if len(part.content) > MOST_BYTES:
        hint = "Divide it, and give its parts."
        raise refuse(found.file, f"has more than {len_in_words(MOST_BYTES)} of text.", hint)
    text, is_certain = decoded(part.content, part.charset)
    text = clean_text(text)
    if not is_certain and text.strip():
        word = re.search(r"\w*[^\W\x00-\x7f]\w*", text)
        message = (
            f'The mail says "{part.charset[:40] or "us-ascii"}" of its letters; they could not be read so.'
        )
        words = word[0][:30] if word else ""
        found.doubt("import.encoding", Severity.WARN, words, message, "Look whether its letters are right.")
    if part.media_type == "text/html":
        found.html.append(text)
        found.has_html = True
        return
    text = unflowed(text, delsp=part.has_delsp) if part.is_flowed else text
    if "-----BEGIN PGP MESSAGE-----" in text:
        raise refuse(found.file, "is encrypted (PGP).", AS_PLAIN)
    found.plain.append(_PGP_HEAD.sub("", text, count=1))
    if part.alternative in found.alternatives:
        found.has_choice = True
    else:
        # No html says the same: whoever reads the html parts gets it too.
        found.html.append(f"<pre>{_escaped(text)}</pre>")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _attached(found: Gathered, read_attached: ReadAttached) -> tuple[Contribution, ...]:
    """The contributions that came attached; what cannot be read is a doubt of the mail."""
    others: list[Contribution] = []
    for name, content in found.others:
        try:
            others += read_attached(content, name)
        except ProblemsError as error:
            for problem in error.problems:
                message = f"{name} came with the mail, and was not read: it {problem.message}"
                found.doubt("import.attachment", Severity.WARN, name, message, problem.hint)
    return tuple(others)


def _with_photos(read: Contribution, found: Gathered, subject: str) -> Contribution:
    """The photos with the first piece that has a heading: a mail does not say whose they are."""
    pieces = list(read.pieces) or ([Piece(title=subject, body="")] if found.photos else [])
    at = next((number for number, piece in enumerate(pieces) if piece.title), 0)
    if found.photos:
        pieces[at] = pieces[at].model_copy(update={"photos": (*pieces[at].photos, *found.photos)})
    if found.photos and len(pieces) > 1:
        names = ", ".join(photo.name for photo in found.photos)
        message = "The mail has several pieces, and does not say which of them its photos belong to."
        hint = "They went to the first one; move them where they belong."
        doubt = Doubt(
            rule="import.picture",
            severity=Severity.WARN,
            piece=at,
            words=names[:500],
            message=message,
            hint=hint,
        )
        found.doubts.append(doubt)
    doubts = (*found.doubts, *read.doubts)
    return read.model_copy(update={"pieces": tuple(pieces), "doubts": doubts})


def _nothing(found: Gathered) -> ProblemsError:
    """Why there is nothing to read in it."""
    if stop := next((doubt for doubt in found.doubts if doubt.severity is Severity.STOP), None):
        return refuse(found.file, f"has no words of its own. {stop.message}", stop.hint)
    told = [doubt for doubt in found.doubts if doubt.rule == "import.attachment"]
    if told:
        return refuse(found.file, f"has no words of its own. {told[0].message}", told[0].hint)
    return refuse(found.file, "is a mail without words and photos.", "See that the right mail was saved.")
