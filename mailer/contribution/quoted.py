"""What mails carry along below or between the words that are meant: signatures, and the mails they answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

What = Literal["signature", "quotation"]

_MARKS = re.compile(r"[\\*_]+")
_QUOTE = re.compile(r"[ \t]{0,3}>")
_WROTE = re.compile(
    r"(?i)(?:on\b.{3,300}\bwrote|le\b.{3,300}\ba écrit|el\b.{3,300}\bescribió|am\b.{3,300}\bschrieb\b.{0,200}"
    r"|\d.{3,300}(?:пишет|написала?|написал\(а\)|писала?))\s?:"
)
_NAME_WROTE = re.compile(
    r"(?i).{2,150}\b(?:wrote|a écrit|escribió|schrieb|пишет|написала?|написал\(а\)|писала?)\s?:"
)
_ORIGINAL = re.compile(
    r"(?i)-{2,40}\s{0,3}(?:original message|forwarded message|message d['’]origine|message original|message transféré"
    r"|исходное сообщение|пересылаемое сообщение|пересланное сообщение|mensaje original|mensaje reenviado"
    r"|forwarded by .{1,100}|ursprüngliche nachricht|weitergeleitete nachricht|original-nachricht)\s{0,3}-{2,40}"
    r"|begin forwarded message:|début du message (?:réexpédié|transféré)\s?:|начало переадресованного сообщения:"
    r"|inicio del mensaje reenviado:|anfang der weitergeleiteten nachricht:"
)
_FROM = re.compile(r"(?i)(?:from|de|от|von)\s?:\s{0,5}\S")
_SENT = re.compile(
    r"(?i)(?:sent|date|envoyé|отправлено|дата|enviado(?: el)?|fecha|gesendet|datum)\s?:\s{0,5}\S"
)
_ABOUT = re.compile(r"(?i)(?:subject|objet|тема|asunto|betreff)\s?:")
_SIGNATURE = re.compile(r"--[ \t]?")
_TELEPHONE = re.compile(
    r"(?i)(?:sent|envoyé|отправлено|enviado|gesendet) (?:from|depuis|de|с|desde|von)\b.{2,60}"
    r"|von meinem \w{2,20} gesendet|get outlook for \w{2,20}.{0,60}"
)
_PGP = "-----BEGIN PGP SIGNATURE-----"
_SHORT = (15, 1_000)
"""Lines with words, and signs: what is longer below two hyphens is no signature, but a text that goes on."""
_LONG_BELOW = re.compile(r"(?m)(?<=[^\n]\n)-- $")
"""Hyphens that stay: right below a line they would make it a heading."""
_PGP_SHORT = (60, 4_000)


@dataclass(frozen=True, slots=True)
class Cut:
    """Lines that were cut off."""

    what: What
    line: int
    """The first of them, from 0."""
    words: str


def cut_off(text: str) -> tuple[str, tuple[Cut, ...]]:
    """The words that are meant, and what was cut off. A mail that is nothing but a quotation stays whole."""
    lines = text.split("\n")
    bare = [_MARKS.sub("", line[:500]).strip() for line in lines]
    cuts: list[Cut] = []
    end = len(lines)
    begin = _first(bare, _is_old_mail)
    if begin is not None:
        cuts.append(Cut("quotation", begin, _words(lines[begin:end])))
        end = begin
    kept, more = _without_quotes(lines[:end], bare)
    cuts += more
    begin = _signature([line for _, line in kept])
    if begin is not None:
        cuts.append(Cut("signature", kept[begin][0], _words([line for _, line in kept[begin:]])))
        kept = kept[:begin]
    left = _LONG_BELOW.sub("\n--", "\n".join(line for _, line in kept)).strip("\n")
    if cuts and left.endswith("\\"):
        # A line break that led to what was cut off.
        left = left[:-1].rstrip()
    cuts = [cut for cut in cuts if cut.words.strip()]
    return (left, tuple(sorted(cuts, key=lambda cut: cut.line))) if left.strip() else (text, ())


def _first(bare: Sequence[str], is_it: Callable[[Sequence[str], int], bool]) -> int | None:
    return next((at for at in range(len(bare)) if is_it(bare, at)), None)


def _is_old_mail(bare: Sequence[str], at: int) -> bool:
    """Whether a mail begins here that stands below without quotation marks."""
    if _ORIGINAL.fullmatch(bare[at]):
        return True
    if not _FROM.match(bare[at]):
        return False
    below = [line for line in bare[at + 1 : at + 10] if line][:5]
    return any(map(_SENT.match, below)) and any(map(_ABOUT.match, below))


def _without_quotes(lines: list[str], bare: Sequence[str]) -> tuple[list[tuple[int, str]], list[Cut]]:
    """The lines with their numbers but for quotations, each with the line that says whose they are."""
    kept: list[tuple[int, str]] = []
    cuts: list[Cut] = []
    at = 0
    while at < len(lines):
        until = _quotation(lines, bare, at)
        if until > at:
            cuts.append(Cut("quotation", at, _words(lines[at:until])))
            at = until
        else:
            kept.append((at, lines[at]))
            at += 1
    return kept, cuts


def _quotation(lines: list[str], bare: Sequence[str], at: int) -> int:
    """Where the quotation ends that begins here; `at` itself where none does."""
    begin = at
    if lines[at].strip() and not _QUOTE.match(lines[at]):
        # "On … wrote:" may take two lines, or three.
        said = _lines_that_say_who_wrote(bare, at)
        if not said:
            return at
        begin = at + said
        while begin < len(lines) and not lines[begin].strip():
            begin += 1
        if begin == len(lines) and not _NAME_WROTE.fullmatch(bare[at]):
            return begin
    end = begin
    while end < len(lines) and _QUOTE.match(lines[end]):
        end += 1
    return end if end > begin else at


def _lines_that_say_who_wrote(bare: Sequence[str], at: int) -> int:
    line = ""
    for number in (1, 2, 3):
        added = bare[at + number - 1] if at + number <= len(bare) else ""
        if not added:
            return 0
        line = f"{line} {added}".strip()
        if added.endswith(":"):
            return number if _WROTE.fullmatch(line) or (number == 1 and _NAME_WROTE.fullmatch(line)) else 0
    return 0


def _signature(lines: Sequence[str]) -> int | None:
    """Where it begins: at a line of two hyphens and a blank (RFC 3676, 4.3), or what telephones put there."""
    count, signs, first = 0, 0, None
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        plain = line.removeprefix("\\").rstrip("\\")
        is_apart = plain == "-- " or line.startswith("\\") or _has_words_only_below(lines, at)
        if is_apart and _SIGNATURE.fullmatch(plain):
            first = at if count <= _SHORT[0] and signs <= _SHORT[1] else first
        elif line.startswith(_PGP) and count <= _PGP_SHORT[0] and signs <= _PGP_SHORT[1]:
            first = at
        count, signs = count + bool(line.strip()), signs + len(line)
    if first is not None:
        return first
    last = next((at for at in range(len(lines) - 1, -1, -1) if lines[at].strip()), None)
    return last if last is not None and _TELEPHONE.fullmatch(_MARKS.sub("", lines[last]).strip()) else None


def _has_words_only_below(lines: Sequence[str], at: int) -> bool:
    """Hyphens with a blank line above and below part a text."""
    return not (at and lines[at - 1].strip()) and at + 1 < len(lines) and bool(lines[at + 1].strip())


def _words(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n")
