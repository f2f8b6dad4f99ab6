"""New workspaces and new issues."""

from __future__ import annotations

import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from mailer.config import Config, TemplateFolder, Workspace, list_templates, open_template, open_workspace
from mailer.content import STARTER, list_issues, new_issue, read_issue, write_schemas
from mailer.errors import MailerError, nearest
from mailer.flow.records import adopt_ledger, ledger_of
from mailer.model.base import Slug
from mailer.model.issue import Issue

PACKAGE = Path(__file__).resolve().parent.parent
SAMPLE = "2016-12-cami"
MAX_SHOWN = 80
"""Signs of a wrong name that are said again."""

FIRST_SETTINGS = """\
#:schema schemas/mailer.schema.json
# The settings of this workspace. `mailer schema` writes a schema for editors.
# An environment variable overrides a key: MAILER_RELAY=office, MAILER_LEDGER__PATH=/srv/ledger.db.

languages = ["en"]
relay = "outbox"          # the practice tray: nothing leaves this machine
public = "none"           # nothing answers on the web: unsubscribe by mail, pictures embedded

[office]
name = "Your office"
postal_address = "Street 1, 12345 City, Country"
timezone = "UTC"          # such as Europe/Berlin: its days count for send_from and send_until

[sender]
name = "Your office"
email = "newsletter@example.org"

[newsletter]
list = "newsletter"
list_id = "newsletter.example.org"
unsubscribe = "unsubscribe@example.org"

# A mail service that takes real mail:
# [relays.office]
# kind = "smtp"
# host = "smtp.example.org"
# port = 587
# security = "starttls"
# username = "newsletter@example.org"
# password_env = "OFFICE_SMTP_PASSWORD"
"""

FIRST_CONTACTS = """\
email,title,given_name,family_name,salutation,language,country,organization,roles,subscriptions
first.reader@example.org,Ms.,First,Reader,,en,,Example Office,press,newsletter
second.reader@example.org,,Second,Reader,,,,Example Partner,partner 2020-01-01..,newsletter
"""

FIRST_SEGMENTS = """\
# yaml-language-server: $schema=../schemas/segments.schema.json
# Groups of readers. A group without a rule is everybody.
segments:
  everyone:
    title: Everyone
  press:
    title: Press
    rule: {role: press}
  partners:
    title: Partners
    rule: {role: partner}
"""


@dataclass(frozen=True, slots=True)
class Made:
    """A new workspace, and the issue to look at first."""

    root: Path
    first_issue: str


def starter(name: str) -> Path:
    """A folder or file that comes with the package: in the wheel, or in the repository it was installed from."""
    for place in (PACKAGE / "starter" / name, PACKAGE.parent / name):
        if place.exists():
            return place
    raise MailerError(f"The package came without its {name}.", "Install it again.")


def make_workspace(folder: Path, *, sample: bool = False) -> Made:
    """Make a workspace with templates, people, a first issue and its own ledger of record.

    MailerError where the folder has something in it already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise MailerError(f"{folder} is not empty.", "Name a folder that does not exist yet.")
    folder.mkdir(parents=True, exist_ok=True)
    _copy(starter("templates"), folder / "templates")
    if sample:
        _copy(starter("recipients"), folder / "recipients")
        _copy(starter("issues") / SAMPLE, folder / "issues" / SAMPLE)
        shutil.copyfile(starter("mailer.toml"), folder / "mailer.toml")
        first = SAMPLE
    else:
        _write_first(folder)
        first = f"{datetime.now(UTC):%Y-%m}-first"
        new_issue(folder / "issues", first, day=_today(), series="Our newsletter", language="en")
    (folder / ".gitignore").write_text(".mailer/\nbuild/\n", encoding="utf-8")
    workspace = open_workspace(folder)
    with ledger_of(workspace) as ledger:
        adopt_ledger(workspace, ledger)
    write_all_schemas(folder)
    return Made(folder, first)


def start_issue(workspace: Workspace, slug: str, day: date | None, template: str = "") -> Path:
    """Begin an issue in a workspace, with the text that its template suggests.

    MailerError where the issue's folder exists, or the template does not.
    """
    day, language = day or _today(), workspace.config.languages[0]
    series = last_series(workspace, language, template) or workspace.config.sender.name
    if not template:
        return new_issue(workspace.issues, slug, day=day, series=series, language=language)
    _must_be_ours(template, list_templates(workspace.templates))
    folder = workspace.templates / template
    text = _starter_text(open_template(folder, workspace.shown(folder)), template)
    return new_issue(workspace.issues, slug, day=day, series=series, language=language, text=text)


def _must_be_ours(template: str, known: list[str]) -> None:
    """MailerError for a path, and for any other name that an issue cannot have as its template."""
    name = template if len(template) <= MAX_SHOWN and template.isprintable() else "…"
    if template not in known:
        raise MailerError(f'There is no template "{name}".', nearest(template, known))
    try:
        TypeAdapter(Slug).validate_python(template)
    except ValidationError as error:
        hint = "Give its folder a name of lower-case letters a-z, digits and single hyphens."
        raise MailerError(f'The template "{name}" cannot be named in an issue.', hint) from error


def _starter_text(folder: TemplateFolder, template: str) -> str:
    """The starter.yaml of a template or of what it is based on; the usual beginning where there is none."""
    found = folder.find("starter.yaml")
    if found is None:
        return STARTER.replace("\ndate: DAY", f"\ntemplate: {template}\ndate: DAY", 1)
    text = found.path.read_text(encoding="utf-8")
    return re.sub(r"(?m)^template: .*$", f"template: {template}", text, count=1)


def last_series(workspace: Workspace, language: str, template: str = "") -> str:
    """The series of the newest newsletter in that language that can be read; "" where there is none.

    Of several, one by that template goes first, whatever its day.
    """
    found = []
    for slug in list_issues(workspace.issues):
        with suppress(MailerError):
            found.append(read_issue(workspace.issues / slug, workspace.root).issue)
    alike = [issue for issue in found if issue.message_class == "newsletter" and issue.language == language]
    wanted = template or Issue.model_fields["template"].default
    last = max(alike, key=lambda issue: (issue.template == wanted, issue.date), default=None)
    return last.series if last else ""


def write_all_schemas(root: Path) -> list[Path]:
    """JSON Schemas of everything that people write, into `schemas/`."""
    return write_schemas(root, {"mailer": Config})


def _write_first(folder: Path) -> None:
    recipients = folder / "recipients"
    recipients.mkdir()
    (folder / "mailer.toml").write_text(FIRST_SETTINGS, encoding="utf-8")
    (recipients / "contacts.csv").write_text(FIRST_CONTACTS, encoding="utf-8")
    (recipients / "segments.yaml").write_text(FIRST_SEGMENTS, encoding="utf-8")
    for name in ("countries.yaml", "species.yaml", "NOTICE.md"):
        shutil.copyfile(starter("recipients") / name, recipients / name)


def _copy(source: Path, target: Path) -> None:
    left_out = ("__pycache__", "approvals.yaml", "dispatches.yaml", "calendar.yaml")
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*left_out))


def _today() -> date:
    return datetime.now(UTC).date()
