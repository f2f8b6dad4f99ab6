"""What rules see of an issue."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date as Date  # noqa: N812

from mailer.check.facts import AudienceFacts, MessageFacts, RelayFacts
from mailer.check.reading import Place
from mailer.model.base import Language
from mailer.model.finding import Finding, Severity
from mailer.model.issue import Issue, Sender
from mailer.model.register import Registers
from mailer.model.rendition import Rendition
from mailer.model.translation import Progress, Translation, progress_of

Locate = Callable[[str | None, str | None], tuple[str, int | None]]
"""(item id, field path) → file and line of that field, or of the nearest thing around it."""


@dataclass(frozen=True, slots=True)
class CheckedIssue:
    """An issue with everything that is known about it before it is sent."""

    issue: Issue
    locate: Locate
    day: Date
    """The day that the issue is checked for."""
    renditions: tuple[Rendition, ...] = ()
    slot_gaps: Mapping[tuple[str, frozenset[str]], int] = field(default_factory=dict)
    """Variant key and the slots of that variant that have no value → how many readers that is so for."""
    readers: int = 0
    known_segments: frozenset[str] = frozenset()
    empty_versions: tuple[tuple[str, int], ...] = ()
    """Versions without news in them: what each is called, and how many readers it has."""
    without_office: int = 0
    """Readers who hold no role on the day."""
    hidden_from: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Item → names of the States in the audience from which it is hidden, though others see it."""
    clip_bytes: int = 102_000
    public: bool = False
    """Whether a web address of ours answers: one-click unsubscribe, web view."""
    on_web: bool = False
    """Whether pages of ours stand on the web, by whosever server: then there may be an archive."""
    is_real: bool = False
    """Whether it is checked for sending in earnest."""
    clients: tuple[str, ...] = ()
    """Mail programs in which it must work, as `mailer.check.compat` names them; all where none is named."""
    translations: Mapping[Language, Translation] = field(default_factory=dict)
    fallbacks: Mapping[Language, Language] = field(default_factory=dict)
    locate_in: Mapping[Language, Locate] = field(default_factory=dict)
    """Language → the same as `locate`, for the file of that translation."""
    sender: Sender | None = None
    envelope_sender: str = ""
    postal_address: str | None = None
    """Of the office, as mailer.toml has it; None: not known here."""
    office: str = ""
    """The office's name, as mailer.toml has it."""
    registers: Registers | None = None
    """Countries, species and treaties; None: they could not be read."""
    messages: tuple[MessageFacts, ...] = ()
    """One a rendition, in the same order; none while only words are checked."""
    relays: tuple[RelayFacts, ...] = ()
    """Mail services that take it out in earnest; none in a workspace that only rehearses."""
    audience: AudienceFacts = field(default_factory=AudienceFacts)
    shared: frozenset[str] = frozenset()
    """Items that other issues have too: their words in a language make no translation of this issue."""
    slug: str = "SLUG"
    """What commands call the issue."""

    local: Mapping[Language, CheckedIssue] = field(init=False, repr=False)
    """Language → the head and those items that are translated into it, in its words."""
    progress: Mapping[Language, Progress] = field(init=False, repr=False)
    """Language → how far it is translated."""

    def __post_init__(self) -> None:
        local = {language: self._in_language(language) for language in self.translations}
        progress = {tag: progress_of(self.issue, words) for tag, words in self.translations.items()}
        object.__setattr__(self, "local", local)
        object.__setattr__(self, "progress", progress)

    def _in_language(self, language: Language) -> CheckedIssue:
        translation = self.translations[language]
        items = tuple(
            translation.items[item.id].item for item in self.issue.items if item.id in translation.items
        )
        issue = self.issue.model_copy(update={**translation.head, "language": language, "items": items})
        return replace(
            self, issue=issue, locate=self.locate_in[language], renditions=(), slot_gaps={}, translations={}
        )

    def finding(
        self,
        rule: str,
        severity: Severity,
        message: str,
        hint: str = "",
        *,
        at: Place,
        words: str | None = None,
    ) -> Finding:
        """A finding at that place, with its file and line."""
        file, line = self.locate(at.item, at.field)
        return Finding(
            rule=rule,
            severity=severity,
            message=message,
            hint=hint,
            item=at.item,
            field=at.field,
            file=file,
            line=None if line is None else line + at.below,
            words=words,
        )
