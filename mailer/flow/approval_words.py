"""What the sender of a reply mail wrote, without what is quoted; and whether it may be a refusal."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from email.message import Message
from itertools import takewhile

MOST_READ = 2_000_000
"""Signs of one part of a mail that are looked through."""
QUOTED_HTML = re.compile(r"<(/?)(blockquote|style|script|title)\b[^<>]*>", re.IGNORECASE)
ENDS_LINE = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6]|hr)\b[^<>]*>", re.IGNORECASE)
BEGINS_QUOTED = re.compile(r"\s*(?:-{5,}|_{10,}|\*?(?:From|De|Von|От)\s?:.*@)|-- ?$")
"""The line above what was answered, as mail programs draw it, or above a signature."""
MOST_WEIGHED = 100_000
"""Signs in which a refusal is looked for."""
QUOTED_BELOW = re.compile(
    r"<(?:div|hr|a)\b[^<>]*(?:divRplyFwdMsg|appendonsend|gmail_quote|_MailOriginal|border-top:\s*solid)"
)
"""The same in HTML, where it is in no <blockquote>."""
LONGEST = 400
"""Signs of a sentence in which a refusal is looked for."""

_APPROVE = {
    "en": r"approv|agree|send(?!er)|sent\b|go\b|ready|release|publish|happy|accept|sign|fine|ok\b|okay|clear",
    "fr": r"approuv|accord|envo[iy]|valid|publi|diffus|prêt|accept|sign|d'accord|bon\b",
    "ru": r"одобр|соглас|утвер|отправ|готов|посыл|рассыл|подтвер|разреш|могу|публик|поддерж|подпис|выпуск",
}
REFUSALS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:\bnot|n't|n’t|\bnever|\bcannot|\bunable|\bbefore)\b.{{0,40}}?\b(?:{_APPROVE['en']})",
        rf"(?:{_APPROVE['en']})\w*\s+(?:it\s+|this\s+)?(?:not\b|never\b)",
        r"\bno\b(?!-|\.? ?\d| (?:further |more |other )?(?:objection|problem|change|comment|remark|concern))",
        r"\b(?:disapprov|reject|refus|declin|withdraw|withh[eo]ld|revok|veto|disagree|postpone|cancel)",
        r"\b(?:not yet|hold off|hold on|on hold|do not|don't|stop\b|wait\b|object to|i object|i do object)",
        rf"\b(?:ne\s+|n')(?:.{{0,60}}?)\b(?:pas|jamais|plus|point)\b.{{0,40}}?(?:{_APPROVE['fr']})",
        rf"\b(?:ne\s+|n').{{0,20}}?(?:{_APPROVE['fr']})\w*.{{0,20}}?\b(?:pas|jamais|plus|rien)\b",
        r"\bpas (?:d'accord|encore|question|prêt|bon)|\bnon\b(?!-| plus)|\bd[ée]sapprouv|\bm'oppos|\bs'oppos",
        r"\b(?:refus|rejet|annul|attende[zr]|attends|suspen|retir|reporte[zr]\b|reportons)",
        rf"\bне\s+(?:\w+\s+){{0,3}}?(?:{_APPROVE['ru']})|\bнесоглас|\bникогда\b|\bнельзя\b|\bпока не\b",
        r"(?<!не )(?<!нет )(?<!без )\b(?:возраж|против\b)|\b(?:отказ|отклон|отмен|отзыв|отзов|подожд|запре|отлож)",
        r"\bнет\b(?! возраж| замеч)",
    )
)


def own_words(mail: Message) -> list[str]:
    """The lines of its own text: no attachment, no mail within the mail, nothing that is quoted, no signature."""
    return [line for part in _parts(mail) for line in _own_lines(part)]


def reads_as_refusal(*texts: Iterable[str]) -> str:
    """The first sentence that may say no, in English, French or Russian; "" where none does."""
    for text in texts:
        for sentence in re.split(r"(?<=[.!?;])\s+(?!\d)", "\n".join(text)[:MOST_WEIGHED]):
            words = " ".join(sentence.split())[:LONGEST]
            plain = words.casefold().replace("’", "'")
            if any(pattern.search(plain) for pattern in REFUSALS):
                return words[:120]
    return ""


def _parts(mail: Message) -> Iterator[str]:
    if mail.is_multipart() and mail.get_content_maintype() == "multipart":
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from _parts(part)
    elif mail.get_content_maintype() == "text" and mail.get_content_disposition() != "attachment":
        content = mail.get_payload(decode=True)
        if isinstance(content, bytes):
            text = content.decode(_charset(mail), errors="replace")[:MOST_READ]
            yield _without_tags(text) if mail.get_content_subtype() == "html" else text


def _own_lines(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith(">")]
    return [line for line in takewhile(lambda line: not BEGINS_QUOTED.match(line), lines) if line.strip()]


def _without_tags(text: str) -> str:
    """The words of HTML outside what is quoted. A tag may stand in the middle of a word: <b>3f2a</b>91."""
    below = QUOTED_BELOW.search(text)
    text = text[: below.start()] if below else text
    kept, depth, at = [], 0, 0
    for tag in QUOTED_HTML.finditer(text):
        if not depth:
            kept.append(text[at : tag.start()])
        depth = max(depth + (-1 if tag[1] else 1), 0)
        at = tag.end()
    if not depth:
        kept.append(text[at:])
    lines = ENDS_LINE.sub("\n", "\n".join(kept))
    return html.unescape(re.sub(r"<[^<>]*>", "", lines))


def _charset(part: Message) -> str:
    charset = part.get_content_charset() or "utf-8"
    try:
        "".encode(charset)
    except LookupError:
        return "utf-8"
    return charset
