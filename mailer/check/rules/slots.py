"""Personal fields: none may be left open, misspelt, or empty without a stand-in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

from mailer.check.filled import is_filled, is_markdown
from mailer.check.link_reading import links
from mailer.check.listing import some_of
from mailer.check.reading import Place, texts
from mailer.check.rule import STOP, Rule
from mailer.check.subject import CheckedIssue
from mailer.errors import nearest
from mailer.model.finding import Finding, Severity
from mailer.model.rendition import PERSON_SLOTS, SLOT_NAMES, SLOT_TOKEN, URL_SLOTS, slot_base, url_slot
from mailer.model.slots import FIELD

STANDS_IN = {"role": "the line that says why readers get this"}
"""Personal fields that templates use by themselves, and where readers see them."""

MEANT = {
    **dict.fromkeys(("name", "firstname", "lastname", "surname", "fullname", "fname", "lname"), "name"),
    **dict.fromkeys(("nom", "prenom", "prénom", "имя", "фамилия", "recipient"), "name"),
    **dict.fromkeys(("salutation", "greeting", "dear", "anrede", "обращение"), "salutation"),
    **dict.fromkeys(("country", "nation", "state", "pays", "страна"), "country"),
    **dict.fromkeys(("role", "function", "position", "job", "title", "rôle", "роль"), "role"),
}
"""What other programs call personal fields → what they are called here."""

_OPEN = {
    "{{": re.compile(r"\{\{[^{}\n]{0,120}\}{0,2}"),
    "{%": re.compile(r"\{%(?:[^\n{]{0,80}?%\})?"),
    "%%": re.compile(r"%%\s?[a-z][a-z_: ]{0,40}%%"),
}
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
"""A sign that Markdown takes for itself (CommonMark 2.4)."""
_LEFT_OPEN = re.compile("|".join(pattern.pattern for pattern in _OPEN.values()))
_TOKENS = ("%%slot:", url_slot(""))
"""One of these stands in whatever the pattern of tokens finds; most texts have none."""
_HEAD = Place(None, None)


def unresolved(checked: CheckedIssue) -> Iterator[Finding]:
    """A personal field that would reach readers as it is written, or that nothing fills."""
    reported: set[tuple[Place, str]] = set()
    for place, words in _open_in_issue(checked):
        if (place, words) not in reported:
            reported.add((place, words))
            yield _finding(checked, words, place)
    known = {words for _, words in reported}
    known |= {words for local in checked.local.values() for _, words in _open_in_issue(local)}
    known |= {words for each in (checked, *checked.local.values()) for words in _escaped(each)}
    for rendition in checked.renditions:
        head = (rendition.subject, rendition.preheader)
        for words in _open_in_version(*head, rendition.html, rendition.text):
            if words not in known:
                known.add(words)
                yield _finding(checked, words, _HEAD, f" in version {rendition.variant.key}")


def empty(checked: CheckedIssue) -> Iterator[Finding]:
    """A personal field without a value for some readers."""
    for slot in sorted({slot_base(name) for _, names in checked.slot_gaps for name in names}):
        readers, stand_ins = _without(checked, slot)
        of = f" of {checked.readers}" if checked.readers else ""
        noun = "readers" if readers != 1 or checked.readers > 1 else "reader"
        share = f"{readers}{of} {noun} {'has' if readers == 1 else 'have'}"
        if slot in URL_SLOTS and "" in stand_ins:
            severity, then = Severity.STOP, "their link would lead nowhere"
            hint = "See that every reader gets one."
        elif "" in stand_ins:
            severity, then = Severity.WARN, "nothing stands in its place"
            hint = "Fill in the contacts, or give the field a stand-in among the template's phrases."
        else:
            shown = " or ".join(f'"{word}"' for word in sorted(stand_ins))
            severity, then = Severity.NOTE, f"they see {shown}"
            hint = "Fill in the contacts if that will not do."
        if named := checked.audience.without_slot.get(slot, ()):
            hint += f" It is {some_of(named, len(named))}" + (
                ", among others." if readers > len(named) else "."
            )
        of_template = slot in STANDS_IN and not _is_used(checked, slot)
        where = f", which stands in {STANDS_IN[slot]}" if of_template else ""
        message = f'{share} no value for the personal field "{slot}"{where}; {then}.'
        found = checked.finding("slot.empty", severity, message, hint, at=_HEAD, words=slot)
        # No line of the issue is to blame for what the template says.
        yield found.model_copy(update={"file": None, "line": None}) if of_template else found


def _is_used(checked: CheckedIssue, slot: str) -> bool:
    """Whether a text of the issue, in whatever language, has the field."""
    every = (checked, *checked.local.values())
    return any(
        slot_base(found[1]) == slot
        for each in every
        for text in texts(each.issue)
        for found in FIELD.finditer(text.text)
    )


def _without(checked: CheckedIssue, slot: str) -> tuple[int, set[str]]:
    """How many readers have no value for a field, in whatever language, and what stands there in their versions."""
    defaults = {rendition.variant.key: rendition.defaults for rendition in checked.renditions}
    readers, stand_ins = 0, set()
    for (variant, names), number in checked.slot_gaps.items():
        lacking = [name for name in names if slot_base(name) == slot]
        readers += number if lacking else 0
        stand_ins |= {defaults[variant].get(name, "").strip() for name in lacking}
    return readers, stand_ins


def _open_in_issue(checked: CheckedIssue) -> Iterator[tuple[Place, str]]:
    for text in texts(checked.issue):
        item = None if text.item is None else checked.issue.item(text.item)
        for words, start in _open_in(text.text):
            field = FIELD.fullmatch(words)
            if is_markdown(text.field, item) and _is_escaped(text.text, start):
                continue
            if not (is_filled(text.field, item) and field and field[1] in PERSON_SLOTS):
                yield text.at(start), words
    for link in links(checked.issue):
        for words, _ in _open_in(link.url):
            yield link.place, words


def _escaped(checked: CheckedIssue) -> Iterator[str]:
    """What readers see of braces that Markdown takes for words: `\\{\\{name}}`, also where a line ends within."""
    for text in texts(checked.issue):
        item = None if text.item is None else checked.issue.item(text.item)
        if "\\" in text.text and is_markdown(text.field, item):
            for words, _ in _open_in(_ESCAPE.sub(r"\1", text.text)):
                yield words
                yield from (words[: blank.start()] for blank in re.finditer(r" +", words))


def _is_escaped(text: str, start: int) -> bool:
    """Whether a backslash makes a word of the sign there: one that is not itself made one by another."""
    before = text[max(start - 40, 0) : start]
    return (len(before) - len(before.rstrip("\\"))) % 2 == 1


@lru_cache(maxsize=256)
def _open_in_version(subject: str, preheader: str, page: str, text: str) -> tuple[str, ...]:
    return tuple(
        words for part in (subject, preheader, html.unescape(page), text) for words, _ in _open_in(part)
    )


def _open_in(text: str) -> Iterator[tuple[str, int]]:
    """What is left open in a text: its words and where they start."""
    signs = [sign for sign in _OPEN if sign in text]
    if signs:
        # One alone is found much sooner than any of three.
        for found in (_OPEN[signs[0]] if len(signs) == 1 else _LEFT_OPEN).finditer(text):
            if not SLOT_TOKEN.fullmatch(found[0]):
                yield found[0], found.start()
    for found in SLOT_TOKEN.finditer(text) if any(sign in text for sign in _TOKENS) else ():
        if slot_base(found[1] or found[2]) not in (PERSON_SLOTS if found[1] else URL_SLOTS):
            yield found[0], found.start()


def _finding(checked: CheckedIssue, words: str, at: Place, where: str = "") -> Finding:
    return checked.finding(
        "slot.unresolved",
        Severity.STOP,
        f'"{words}"{where} is filled in by nothing; readers would see it as it stands.',
        _hint(words),
        at=at,
        words=words,
    )


def _hint(words: str) -> str:
    if any(sign in words for sign in _TOKENS):
        name = next(iter(re.findall(r"[a-z][a-z_]*", words.replace("slot", ""))), "")
        return f"Take it out, or use a personal field that exists. {nearest(name, SLOT_NAMES)}"
    name = "_".join(re.findall(r"[^\W\d_]+", words.partition("|")[0].casefold()))
    if name in PERSON_SLOTS and FIELD.fullmatch(words):
        return "Take it out: personal fields are filled in subject, preheader, titles and texts only."
    meant = name if name in PERSON_SLOTS else _meant(name)
    known = (
        f"Did you mean {{{{{meant}}}}}?"
        if meant
        else f"Known: {', '.join(f'{{{{{n}}}}}' for n in PERSON_SLOTS)}."
    )
    return f"Take it out, or use a personal field that exists. {known}"


def _meant(name: str) -> str:
    """The personal field that somebody means who writes another name; "" where nobody can tell."""
    close = get_close_matches(name, PERSON_SLOTS, n=1, cutoff=0.7)
    return (
        close[0] if close else next((MEANT[part] for part in reversed(name.split("_")) if part in MEANT), "")
    )


RULES = (
    Rule(
        "slot.unresolved",
        "A personal field left open or unknown, in a text or in the output",
        STOP,
        "templates",
        unresolved,
        reads_words=True,
        can_be_waived=False,
    ),
    Rule(
        "slot.empty",
        "A personal field without a value for some readers",
        (Severity.STOP, Severity.WARN, Severity.NOTE),
        "the audience",
        empty,
    ),
)
