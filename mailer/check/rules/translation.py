"""Translations: of the source as it is now, whole, and with everything that readers must be able to follow.

The `words` of a finding about a whole item are the language, so that a waiver answers for one translation only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from mailer.check.link_reading import Form, LinkPlace, links
from mailer.check.listing import some_of
from mailer.check.reading import Place, TextPlace, texts
from mailer.check.rule import NOTE, WARN, Rule
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity
from mailer.model.slots import FIELD
from mailer.model.translation import MAIN_WORDS, Progress, item_language, language_chain
from mailer.source import language_name

HEAD = Place(None, None)
INBOX = ("subject", "preheader")
"""What everybody sees before anything else."""
MOST_NAMED = 8

Local = tuple[CheckedIssue, Progress]


def stale(checked: CheckedIssue) -> Iterator[Finding]:
    """Words whose source has changed since."""
    for local, progress in _locals(checked):
        named = [("", "The subject, preheader or title", "--head")] if progress.head_is_stale else []
        named += [(item, "The words of this item", item) for item in progress.stale]
        for item, what, argument in named:
            command = f"mailer translate stamp {checked.slug} {progress.language} {argument}"
            yield local.finding(
                "translation.stale",
                Severity.WARN,
                f"{what} changed after this {_name(progress)} translation was made.",
                f"Compare the two, correct the translation, then `{command}`.",
                at=Place(item or None, "source"),
                words=_name(progress),
            )


def partial(checked: CheckedIssue) -> Iterator[Finding]:
    """Something of which only some words are translated."""
    for local, progress in _locals(checked):
        source = language_name(checked.issue.language)
        if (lacks := progress.head_missing) and _is_begun(checked, progress):
            weight = Severity.WARN if set(lacks) & set(INBOX) else Severity.NOTE
            hint = "Translate them too: readers see subject and preheader before anything else."
            if weight is Severity.NOTE:
                hint = "Translate them too."
            yield local.finding(
                "translation.partial",
                weight,
                f"Not in {_name(progress)} yet: {', '.join(lacks)}.",
                hint,
                at=HEAD,
                words=_name(progress),
            )
        for item, fields in progress.partial.items():
            listed = ", ".join(fields)
            message = f"In the midst of {_name(progress)}, these are still in {source}: {listed}."
            hint = "Translate them too, or leave the item out: it then stands in another language as a whole."
            if any(MAIN_WORDS.fullmatch(field) for field in fields):
                message = f"Not in {_name(progress)} yet: {listed}. Where title or body is missing, readers get the "
                message += "whole item in another language."
                hint = "Translate them too."
            yield local.finding(
                "translation.partial",
                Severity.WARN,
                message,
                hint,
                at=Place(item, None),
                words=_name(progress),
            )


def missing(checked: CheckedIssue) -> Iterator[Finding]:
    """Items that are not translated at all."""
    for local, progress in _locals(checked):
        if not (lacks := progress.missing):
            continue
        total = len(progress.items)
        if not _is_begun(checked, progress):
            own = _own(checked, progress)
            beside = "" if len(own) == total else " of its own"
            yield local.finding(
                "translation.missing",
                Severity.NOTE,
                f"None of {len(own)} items{beside} is in {_name(progress)} yet, so nobody gets a version in it.",
                f"See what is left: `mailer translate status {checked.slug}`.",
                at=HEAD,
                words=_name(progress),
            )
            continue
        there = total - len(lacks)
        counted = Counter(_read_in(checked, progress, item) for item in lacks)
        instead = ", ".join(f"{count} in {language_name(code)}" for code, count in counted.most_common())
        yield local.finding(
            "translation.missing",
            Severity.NOTE,
            f"{there} of {total} items {'is' if there == 1 else 'are'} in {_name(progress)}; "
            f"its readers get {instead}: "
            f"{some_of(lacks, MOST_NAMED)}.",
            f"They are marked as being in another language. If that will not do: {_way_in(local, progress)}.",
            at=HEAD,
            words=_name(progress),
        )


def unstamped(checked: CheckedIssue) -> Iterator[Finding]:
    """Words of which nobody could tell that their source has changed."""
    for local, progress in _locals(checked):
        lacks = (("the head",) if progress.head_is_unstamped else ()) + progress.unstamped
        if lacks:
            command = f"mailer translate stamp {checked.slug} {progress.language} --all"
            yield local.finding(
                "translation.unstamped",
                Severity.NOTE,
                f"Nothing notes what these {_name(progress)} words translate, so nobody will be told when their "
                f"source changes: {some_of(lacks, MOST_NAMED)}.",
                f"See that they are right, then `{command}`.",
                at=HEAD,
                words=_name(progress),
            )


def link_lost(checked: CheckedIssue) -> Iterator[Finding]:
    """An address in the source's text that readers of the translation cannot follow."""
    for local, progress in _locals(checked):
        there = _addresses(local)
        for (item, field), urls in _addresses(checked).items():
            if item not in progress.translated:
                continue
            own = there.get((item, field), [])
            lost = [url for url in urls if url not in own]
            # A site may have other addresses in the other language: only what nothing stands for is lost.
            added = sum(url not in urls for url in own)
            for url in lost[added:]:
                yield local.finding(
                    "translation.link-lost",
                    Severity.WARN,
                    f'The source links "{url}" here; the {_name(progress)} text has no link in its place.',
                    "Put it in, or the address of the page in that language.",
                    at=Place(item, field),
                    words=url,
                )


def field_lost(checked: CheckedIssue) -> Iterator[Finding]:
    """A personal field that readers of the translation will miss."""
    for local, progress in _locals(checked):
        there = {(text.item, text.field): _fields(text) for text in texts(local.issue)}
        for text in texts(checked.issue):
            if text.item is not None and text.item not in progress.translated:
                continue
            for name in sorted(_fields(text) - there.get((text.item, text.field), set())):
                yield local.finding(
                    "translation.field-lost",
                    Severity.WARN,
                    f'The source has the personal field "{name}" here; the {_name(progress)} text has not.',
                    f"Put {{{{{name}}}}} where it belongs.",
                    at=text.at() if text.item is None else Place(text.item, text.field),
                    words=name,
                )


def _way_in(local: CheckedIssue, progress: Progress) -> str:
    """How to put in what a translation lacks: its keys may stand in the file already, empty."""
    file, around = local.locate(None, "items")
    # Where a file has no key for an item, its place is that of `items`.
    absent = [item for item in progress.missing if local.locate(item, None)[1] == around]
    if not absent:
        return f"fill in their empty keys in {file}"
    of_them = "them" if len(absent) == len(progress.missing) else f"{len(absent)} of them; others are there"
    return f"`mailer translate add {local.slug} {progress.language}` puts in empty keys for {of_them}"


def _own(checked: CheckedIssue, progress: Progress) -> tuple[str, ...]:
    """Items with words that are the issue's alone; all, where it has none of its own."""
    return tuple(item for item in progress.items if item not in checked.shared) or progress.items


def _is_begun(checked: CheckedIssue, progress: Progress) -> bool:
    """Whether a word of an item is there. Words of shared items begin no translation of an issue."""
    return any(item in progress.translated for item in _own(checked, progress))


def _locals(checked: CheckedIssue) -> Iterator[Local]:
    return ((local, checked.progress[language]) for language, local in checked.local.items())


def _name(progress: Progress) -> str:
    return language_name(progress.language)


def _read_in(checked: CheckedIssue, progress: Progress, item: str) -> str:
    """The language in which readers of a translation get an item that it has not."""
    chain = language_chain(progress.language, checked.issue.language, checked.fallbacks)
    return item_language(item, chain, checked.translations)


def _addresses(checked: CheckedIssue) -> dict[tuple[str | None, str], list[str]]:
    found: dict[tuple[str | None, str], list[str]] = {}
    for link in links(checked.issue):
        if _in_text(link):
            found.setdefault((link.item, link.field), []).append(link.url.strip())
    return found


def _in_text(link: LinkPlace) -> bool:
    return link.form in (Form.MARKDOWN, Form.BARE)


def _fields(text: TextPlace) -> set[str]:
    """Names of the personal fields; the forms of one, such as country_in, are one."""
    return {found[1].partition("_")[0] for found in FIELD.finditer(text.text)}


RULES = (
    Rule(
        "translation.stale",
        "Words whose source has changed since they were translated",
        WARN,
        "the source's words",
        stale,
    ),
    Rule(
        "translation.partial",
        "An item, a subject or a preheader of which some words are not translated",
        (Severity.WARN, Severity.NOTE),
        "WCAG 3.1.2",
        partial,
    ),
    Rule(
        "translation.link-lost",
        "An address that the translation has lost",
        WARN,
        "the source's words",
        link_lost,
    ),
    Rule(
        "translation.field-lost",
        "A personal field that the translation has lost",
        WARN,
        "the source's words",
        field_lost,
    ),
    Rule(
        "translation.missing",
        "Items that are not translated, and fall back",
        NOTE,
        "WCAG 3.1.2",
        missing,
    ),
    Rule(
        "translation.unstamped",
        "Words that do not note what they translate",
        NOTE,
        "the source's words",
        unstamped,
    ),
)
