"""Whatever of a mail changes after its approval stops the sending, and is named; put back, it may go."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from mailer.config import open_workspace
from mailer.flow.compose import compose_issue
from tests.flow.office import ISSUE, WAIVERS, Office
from tests.flow.test_languages import PEOPLE, RUSSIAN, set_fallbacks
from tests.own_words import make_office

ITEMS = """\
  - kind: article
    id: herd
    title: A herd
    image: {src: images/herd.png, alt: Saiga on a plain}
    body: They are back.
    wording:
      - {for: press, title: A herd for the press, body: They came back}
      - {for: partners, title: A herd for partners}
  - kind: article
    id: partners-only
    title: For partners
    show_to: partners
    body: The accounts are done.
  - kind: grant
    id: grant
    title: Money for saiga
    donor: The Fund
    level: high
"""
FOR_PARTIES = """\
  - kind: article
    id: parties-only
    title: For Parties
    show_to: parties
    body: Your report is due.
"""
PARTIES = "  parties:\n    title: Parties\n    rule: {party_to: cms}\n"
IN_CHINA = PEOPLE.replace("Kazakh,,kk,,", "Kazakh,,kk,CN,")
GRANT = """\
label: {en: Grant}
fields:
  donor: {type: text, label: {en: Donor}}
  level: {type: choice, label: {en: Level}, choices: {high: {en: national}}}
"""
GRANT_LAYOUT = """\
{% import "parts.mjml.j2" as part %}
<div{{ part.anchor(item) }}>{{ part.heading(item) }}<p>{{ item.label }}</p>
{% for name, field in item.fields.items() if field.shown %}<p>{{ field.label }}: {{ field.html }}</p>{% endfor %}
</div>
"""
OURS = {
    "template.yaml": "title: Ours\nbase: newsletter\n",
    "theme.yaml": "light: {brand: '#123456'}\n",
    "strings.en.yaml": "contents: In this letter\n",
    "items/grant.yaml": GRANT,
    "items/grant.mjml.j2": GRANT_LAYOUT,
    "contents.mjml.j2": "",
}


def picture(colour: str, one_pixel: bool = False) -> bytes:
    made = io.BytesIO()
    image = Image.new("RGB", (1200, 800), colour)
    if one_pixel:
        image.putpixel((600, 400), (255, 255, 255))
    image.save(made, "PNG")
    return made.getvalue()


@pytest.fixture(scope="module")
def approved(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, str]:
    """An office whose letter has all that a letter can have, and the digest under which it was approved."""
    root = tmp_path_factory.mktemp("approved") / "office"
    make_office(root)
    folder = root / "issues" / "test-issue"
    (folder / "images").mkdir(parents=True)
    (folder / "images" / "herd.png").write_bytes(picture("olive"))
    issue = ISSUE.replace("items:", 'template: ours\nreference: "2016/035"\naddressees: Focal Points\nitems:')
    (folder / "issue.yaml").write_text(issue + ITEMS + FOR_PARTIES + "  - shared: office\n", encoding="utf-8")
    (root / "issues" / "shared").mkdir()
    (root / SHARED_ITEM).write_text("kind: contact\ntitle: Our office\nbody: Come by.\n", encoding="utf-8")
    (folder / "issue.ru.yaml").write_text(RUSSIAN, encoding="utf-8")
    (root / "recipients" / "contacts.csv").write_text(IN_CHINA, encoding="utf-8")
    segments = root / "recipients" / "segments.yaml"
    segments.write_text(segments.read_text(encoding="utf-8") + PARTIES, encoding="utf-8")
    shared = root / "templates" / "newsletter"
    for name, text in OURS.items():
        path = root / "templates" / "ours" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text or (shared / name).read_text(encoding="utf-8"), encoding="utf-8")
    office = Office(open_workspace(root))
    set_fallbacks(office, 'fallbacks = {kk = "ru"}', (root / "mailer.toml").read_text(encoding="utf-8"))
    return office, office.approved()


def send(office: Office, digest: str, code: int = 0) -> str:
    return office.run("send", "test-issue", "--to", "everyone", "--yes", "--digest", digest, code=code)


ISSUE_FILE = "issues/test-issue/issue.yaml"
SHARED_ITEM = "issues/shared/office.yaml"
COUNTRIES = "recipients/countries.yaml"
Change = Callable[[bytes], bytes]


def says(old: str, new: str) -> Change:
    def change(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return change


def swaps(one: str, other: str) -> Change:
    def change(content: bytes) -> bytes:
        text = content.decode()
        assert one in text
        assert other in text
        return text.replace(one, "\0").replace(other, one).replace("\0", other).encode()

    return change


def anew(content: bytes) -> Change:
    return lambda _: content


@pytest.mark.parametrize(
    ("file", "change", "named"),
    [
        (ISSUE_FILE, says("They are back.", "They are, back."), "the plain text in "),
        (
            "issues/test-issue/images/herd.png",
            anew(picture("olive", one_pixel=True)),
            "picture images/herd.png",
        ),
        ("templates/ours/theme.yaml", says("#123456", "#123457"), "the mail in "),
        (ISSUE_FILE, says("They are back.", "They are here."), "the mail in "),
        (SHARED_ITEM, says("Come by.", "Stay away."), "the mail in "),
        (ISSUE_FILE, says("They came back", "They went away"), "the mail in "),
        (ISSUE_FILE, says("A herd for the press", "A herd for all"), "the mail in "),
        (ISSUE_FILE, swaps("for: press", "for: partners"), "who reads which item"),
        (
            ISSUE_FILE,
            lambda text: swaps("for: press", "for: partners")(
                swaps("show_to: press", "show_to: partners")(text)
            ),
            "who reads which item",
        ),
        (ISSUE_FILE, swaps("show_to: press", "show_to: partners"), "who reads which item"),
        (ISSUE_FILE, says("show_to: press", "lead_for: press"), "who reads which item"),
        (ISSUE_FILE, says("Saiga on a plain", "Saiga on a hill"), "the mail in "),
        (ISSUE_FILE, says("2016/035", "2016/036"), ""),
        (ISSUE_FILE, says("Focal Points", "Partners"), ""),
        (ISSUE_FILE, says("donor: The Fund", "donor: A Fund"), "the mail in "),
        (ISSUE_FILE, says("show_to: press", "show_to: everyone"), "who reads which item"),
        (ISSUE_FILE, says("series: Test", "series: Other"), "sender"),
        (ISSUE_FILE, says("template: ours", "template: newsletter\ntheme: evening"), ""),
        (ISSUE_FILE, says("items:", "theme: ours\nitems:"), ""),
        (ISSUE_FILE, says("items:", "send_until: 2099-01-01\nitems:"), "issue"),
        (ISSUE_FILE, says("items:", "message_class: notice\nitems:"), "issue"),
        ("issues/test-issue/issue.ru.yaml", says("закончен", "завершён"), "the mail in "),
        ("issues/test-issue/issue.ru.yaml", says("Два отчёта", "Три отчёта"), "subject"),
        ("issues/test-issue/images/herd.png", anew(picture("navy")), "picture"),
        ("issues/test-issue/waivers.yaml", anew(WAIVERS.encode()), "findings that somebody answers for"),
        ("templates/ours/theme.yaml", says("#123456", "#654321"), "the mail in "),
        ("templates/ours/strings.en.yaml", says("In this letter", "Contents here"), "the mail in "),
        ("templates/ours/items/grant.yaml", says("en: national", "en: regional"), "the mail in "),
        ("templates/ours/items/grant.yaml", says("label: {en: Grant}", "label: {en: Call}"), "the mail in "),
        (
            "templates/ours/items/grant.mjml.j2",
            says("<p>{{ item.label }}", "<p>A {{ item.label }}"),
            "the mail in ",
        ),
        ("templates/ours/footer.mjml.j2", anew(b"<mj-section><mj-column></mj-column></mj-section>"), ""),
        ("templates/newsletter/strings.en.yaml", says("Dear Ms.", "Hello Ms."), "personal fields"),
        ("templates/newsletter/strings.ru.yaml", says("Уважаемая", "Дорогая"), "personal fields"),
        ("recipients/segments.yaml", says("{role: press}", "{role: partner}"), "group press"),
        (
            "recipients/countries.yaml",
            says("- iso2: KZ", "- names: {en: K}\n    iso2: KZ"),
            "personal fields",
        ),
        ("recipients/countries.yaml", says("language: ru", "language: en"), "who gets which language"),
        (COUNTRIES, says("cms: 2006-05-01", "cms: 2006-05-02"), "Parties to cms"),
        (COUNTRIES, says("cms: 2006-05-01", "cms: 2999-05-01"), "Parties to cms"),
        ("mailer.toml", says('kk = "ru"', 'kk = "en"'), "who gets which language"),
        ("mailer.toml", says("unsubscribe@example.org", "leave@example.org"), "personal fields"),
        ("mailer.toml", says("Platz 1", "Platz 2"), "the mail in "),
        ("mailer.toml", says('name = "Our office"\nemail', 'name = "Yours"\nemail'), "sender"),
        ("mailer.toml", says("newsletter.example.org", "letters.example.org"), "sender"),
    ],
)
def test_a_change_after_the_approval_stops_the_sending(
    approved: tuple[Office, str], file: str, change: Change, named: str
) -> None:
    office, digest = approved
    path = office.root / file
    before = path.read_bytes() if path.exists() else None
    path.write_bytes(change(before or b""))
    try:
        printed = send(office, digest, code=1)
    finally:
        path.unlink() if before is None else path.write_bytes(before)
    if named:
        assert "has changed since proof" in printed
        assert named in printed


def test_a_state_that_becomes_a_party_after_the_approval_stops_the_sending(
    approved: tuple[Office, str],
) -> None:
    office, digest = approved
    path = office.root / COUNTRIES
    before = path.read_bytes()
    reader = "kazakh@example.org"
    assert "Your report is due" not in letter_for(office, reader)
    path.write_bytes(says("- iso2: CN", "- parties: {cms: 2016-01-01}\n    iso2: CN")(before))
    try:
        assert "Your report is due" in letter_for(office, reader)
        printed = send(office, digest, code=1)
    finally:
        path.write_bytes(before)
    assert f"has changed since proof {digest[:6]} was made: " in printed
    assert "Parties to cms" in printed


def letter_for(office: Office, reader: str) -> str:
    """What somebody would get today."""
    composed = compose_issue(office.workspace, "test-issue", ("everyone",), secret=b"")
    (one,) = (each for each in composed.readers if each.contact.email == reader)
    (rendition,) = (each for each in composed.renditions if each.variant.key == one.variant)
    return rendition.text


def test_put_back_as_it_was_it_is_what_was_approved(approved: tuple[Office, str]) -> None:
    office, digest = approved
    assert "4  taken over" in send(office, digest)
