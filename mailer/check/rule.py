"""A rule, and the ordered table of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mailer.check.rules import (
    acronyms,
    audience,
    compat,
    consistency,
    dates_in_text,
    days,
    deadline,
    head,
    link_address,
    link_text,
    mailto,
    output,
    pictures,
    public,
    segment,
    size,
    slots,
    translation,
    wording,
)
from mailer.check.subject import CheckedIssue
from mailer.model.finding import Finding, Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for. `check` yields findings under this id only."""

    id: str
    title: str
    severities: tuple[Severity, ...]
    """Worst first."""
    source: str
    """What the rule rests on."""
    check: Callable[[CheckedIssue], Iterator[Finding]]
    reads_words: bool = False
    """Whether it reads what people wrote, and so has to read every translation too."""


STOP, WARN, NOTE = (Severity.STOP,), (Severity.WARN,), (Severity.NOTE,)
OWN = "the newsletter of December 2016"

RULES: tuple[Rule, ...] = (
    Rule("subject.missing", "No subject line", STOP, "RFC 5322 section 3.6.5", head.subject_missing),
    Rule(
        "subject.long",
        "A subject that inboxes cut off",
        WARN,
        "what inboxes show",
        head.subject_long,
        reads_words=True,
    ),
    Rule(
        "subject.shouts",
        "Capitals, `!!`, a feigned `Re:`",
        WARN,
        "junk filters",
        head.subject_shouts,
        reads_words=True,
    ),
    Rule("preheader.missing", "No preheader", WARN, "what inboxes show", head.preheader_missing),
    Rule(
        "preheader.length",
        "A preheader outside 30 to 110 signs",
        WARN,
        "what inboxes show",
        head.preheader_length,
        reads_words=True,
    ),
    Rule(
        "preheader.repeats",
        "A preheader that repeats the subject",
        WARN,
        "what inboxes show",
        head.preheader_repeats,
        reads_words=True,
    ),
    Rule(
        "mailto.differs-from-text",
        "One mail address is shown, another is written to",
        STOP,
        OWN,
        mailto.differs_from_text,
        reads_words=True,
    ),
    Rule(
        "mailto.space", "A space after `mailto:`", STOP, "RFC 6068 section 2", mailto.space, reads_words=True
    ),
    Rule(
        "link.bad",
        "An address that leads nowhere: empty, `#`, without https://, `javascript:`, localhost, spaces",
        STOP,
        "RFC 3986 section 3",
        link_address.bad,
        reads_words=True,
    ),
    Rule(
        "link.no-text",
        "A link without words",
        (Severity.STOP, Severity.WARN),
        "WCAG 2.4.4",
        link_text.missing,
        reads_words=True,
    ),
    Rule(
        "link.other-site",
        "One site is shown, another one opens",
        WARN,
        "phishing filters",
        link_text.other_site,
        reads_words=True,
    ),
    Rule(
        "link.vague-text",
        'Link text that says nothing: "here", "подробнее", "ici"',
        WARN,
        "WCAG 2.4.4",
        link_text.vague,
        reads_words=True,
    ),
    Rule(
        "link.http",
        "http where https should be",
        WARN,
        "RFC 9325",
        link_address.unencrypted,
        reads_words=True,
    ),
    Rule("link.test-host", "A site for trials", WARN, OWN, link_address.test_host, reads_words=True),
    Rule("link.address-torn", "An address shown torn apart", WARN, OWN, link_text.torn, reads_words=True),
    Rule(
        "link.duplicate",
        "The same address twice in one item",
        WARN,
        OWN,
        link_address.twice,
        reads_words=True,
    ),
    Rule(
        "link.address-as-text",
        "A bare address as link text",
        NOTE,
        "WCAG 2.4.4",
        link_text.is_address,
        reads_words=True,
    ),
    Rule("image.alt-missing", "A picture without alt text", STOP, "WCAG 1.1.1", pictures.alt_missing),
    Rule(
        "image.alt-poor",
        'A file name, "image of", over 125 signs, or the caption again as alt text',
        WARN,
        "WCAG 1.1.1",
        pictures.alt_poor,
        reads_words=True,
    ),
    Rule("image.caption-missing", "A credit without a caption", WARN, OWN, pictures.caption_missing),
    Rule(
        "image.credit-in-caption",
        "A caption that holds the credit",
        WARN,
        OWN,
        pictures.credit_in_caption,
        reads_words=True,
    ),
    Rule(
        "image.too-small",
        "A picture with fewer pixels than it has room for",
        WARN,
        "what readers see",
        pictures.too_small,
    ),
    Rule(
        "image.animated",
        "A picture that moves: its first frame is sent",
        NOTE,
        "WCAG 2.2.2; Outlook",
        pictures.animated,
    ),
    Rule("image.heavy", "A picture over `image_bytes`", NOTE, "download on telephones", pictures.heavy),
    Rule(
        "image.flattened",
        "A picture that lost its transparency to its weight",
        NOTE,
        "dark mode",
        pictures.flattened,
    ),
    Rule("image.used-twice", "The same picture in two items", NOTE, OWN, pictures.used_twice),
    Rule(
        "image.alike", "Two pictures with one caption and credit", NOTE, OWN, pictures.alike, reads_words=True
    ),
    Rule(
        "slot.unresolved",
        "A personal field left open or unknown, in a text or in the output",
        STOP,
        "templates",
        slots.unresolved,
        reads_words=True,
    ),
    Rule(
        "slot.empty",
        "A personal field without a value for some readers",
        (Severity.STOP, Severity.WARN, Severity.NOTE),
        "the audience",
        slots.empty,
    ),
    Rule("segment.unknown", "An item for a group that does not exist", STOP, "groups", segment.unknown),
    Rule(
        "audience.empty-version",
        "Readers who would get an issue without news",
        STOP,
        "the audience",
        audience.empty_version,
    ),
    Rule(
        "audience.hidden-from-few",
        "An item hidden from three States or fewer",
        WARN,
        "the audience",
        audience.hidden_from_few,
    ),
    Rule(
        "date.weekday",
        "A weekday that is not the date's",
        STOP,
        "the calendar",
        dates_in_text.weekday,
        reads_words=True,
    ),
    Rule(
        "date.impossible",
        "A day that no calendar has",
        STOP,
        "the calendar",
        dates_in_text.impossible,
        reads_words=True,
    ),
    Rule("date.past", "An event or deadline that is over", WARN, "the day of sending", days.past),
    Rule("date.ahead", "A report on an event that has not begun", WARN, "the day of sending", days.ahead),
    Rule("date.deadline-zone", "A deadline without hour or time zone", WARN, OWN, deadline.without_zone),
    Rule(
        "date.sum",
        '"180 days before" that does not give the due date',
        WARN,
        OWN,
        deadline.sum_wrong,
        reads_words=True,
    ),
    Rule("date.order", "Reports in no order of time", NOTE, OWN, consistency.order),
    Rule(
        "date.span", "A number of days that start and end do not give", NOTE, OWN, days.span, reads_words=True
    ),
    Rule("date.styles", "Dates written in several ways", NOTE, OWN, dates_in_text.styles, reads_words=True),
    Rule(
        "deadline.for-everybody",
        "A duty of Parties shown to all",
        WARN,
        OWN,
        deadline.for_everybody,
        reads_words=True,
    ),
    Rule("item.no-expiry", "Greetings, staff changes without a last day", WARN, OWN, days.no_expiry),
    Rule("item.expired", "An item whose last day is over", NOTE, "the day of sending", days.expired),
    Rule("text.ligature", "A word torn at fi, fl or ff", WARN, OWN, wording.ligature, reads_words=True),
    Rule(
        "text.acronym",
        "An acronym with its letters in another order",
        WARN,
        OWN,
        acronyms.letters,
        reads_words=True,
    ),
    Rule(
        "text.acronym-late",
        "An acronym used before it is written out",
        NOTE,
        OWN,
        acronyms.late,
        reads_words=True,
    ),
    Rule("text.plural", '"Sheeps"', WARN, OWN, wording.plural, reads_words=True),
    Rule(
        "text.variants", "One word spelt in several ways", NOTE, OWN, consistency.variants, reads_words=True
    ),
    Rule("text.double-space", "Several spaces in a row", NOTE, OWN, wording.wide_gaps, reads_words=True),
    Rule(
        "text.line-end-hyphen",
        "A word divided at a line's end",
        NOTE,
        OWN,
        wording.line_end_hyphen,
        reads_words=True,
    ),
    Rule("heading.repeated", "The same heading twice", NOTE, OWN, consistency.headings, reads_words=True),
    Rule("contact.two-numbers", "Two telephone numbers in one", NOTE, OWN, consistency.telephone),
    Rule(
        "translation.stale",
        "Words whose source has changed since they were translated",
        WARN,
        "the source's words",
        translation.stale,
    ),
    Rule(
        "translation.partial",
        "An item, a subject or a preheader of which some words are not translated",
        (Severity.WARN, Severity.NOTE),
        "WCAG 3.1.2",
        translation.partial,
    ),
    Rule(
        "translation.link-lost",
        "An address that the translation has lost",
        WARN,
        "the source's words",
        translation.link_lost,
    ),
    Rule(
        "translation.field-lost",
        "A personal field that the translation has lost",
        WARN,
        "the source's words",
        translation.field_lost,
    ),
    Rule(
        "translation.missing",
        "Items that are not translated, and fall back",
        NOTE,
        "WCAG 3.1.2",
        translation.missing,
    ),
    Rule(
        "translation.unstamped",
        "Words that do not note what they translate",
        NOTE,
        "the source's words",
        translation.unstamped,
    ),
    Rule(
        "size.clip",
        "HTML over, or within a tenth of, what Gmail shows",
        (Severity.STOP, Severity.WARN),
        "Gmail",
        size.clip,
    ),
    Rule(
        "size.mail",
        "A whole mail over 625 KB, or over 20 MB",
        (Severity.STOP, Severity.WARN),
        "what mail services take",
        size.heavy,
    ),
    Rule(
        "size.style",
        "More than 16 KB of styles in the head, or nearly",
        (Severity.STOP, Severity.WARN),
        "Gmail (hteumeuleu/email-bugs 90)",
        size.styles,
    ),
    Rule("html.doctype", "No `<!DOCTYPE html>`", STOP, "HTML section 13.1.1", output.doctype),
    Rule("html.escape", "`\\u{…}` in the HTML", STOP, "the MJML compiler", output.escape),
    Rule("html.mjml-left", "MJML that was not turned into HTML", STOP, "the MJML compiler", output.leftover),
    Rule("html.mso", "A comment for Outlook that is not whole", STOP, "Outlook", compat.conditions),
    Rule(
        "css.nested-at",
        "An at-rule inside another",
        STOP,
        "Gmail (hteumeuleu/caniemail 144)",
        compat.nested,
    ),
    Rule(
        "compat.client",
        "Something that a mail program lacks, without a fallback; docs/mail-programs.md",
        WARN,
        "caniemail",
        compat.client,
    ),
    Rule(
        "compat.bg-fallback",
        "A background picture without a colour under it",
        WARN,
        "Outlook, pictures off",
        compat.background,
    ),
    Rule("compat.hex3", "A bgcolor of three digits", WARN, "older programs", compat.short_colours),
    Rule("a11y.language", "No lang or dir", STOP, "WCAG 3.1.1", output.language),
    Rule("a11y.title", "No title", STOP, "WCAG 2.4.2", output.title),
    Rule("a11y.headings", "Not one h1, or a level left out", WARN, "WCAG 1.3.1", output.headings),
    Rule("a11y.table-role", "A layout table without its role", STOP, "WCAG 1.3.1", output.tables),
    Rule("a11y.image-alt", "An img element without alt", STOP, "WCAG 1.1.1", output.images),
    Rule(
        "unsubscribe.no-one-click",
        "Bulk mail sent in earnest without one-click unsubscribe",
        STOP,
        "RFC 8058",
        public.no_one_click,
    ),
)
"""In the order in which the documentation lists them; findings come worst first."""
