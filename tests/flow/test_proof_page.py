"""The page of a proof: what it says, that it is only words whatever is in it, and what a browser makes of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

import pytest

from mailer.config import Workspace, open_workspace
from mailer.flow import Composed, compose_issue, ledger_of, plan_send, prove_issue
from mailer.flow.proof_page import coded, cut, quoted, write_proof_page
from mailer.flow.proof_page_shots import VARIABLE, find_chromium, take_shots
from mailer.flow.proof_page_words import changes
from mailer.flow.prove import draft_proof
from mailer.flow.records import unsubscribe_secret
from mailer.flow.relays import PRACTICE
from mailer.model.dispatch import Plan
from mailer.model.finding import Finding, Severity
from mailer.model.proof import Proof
from tests.flow.office import Office

REPOSITORY = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
SAMPLE = "2016-12-cami"
HOSTILE = '<img src=x onerror="document.title=1"><b>{{ 7*7 }}</b> & "co"'
LIKE_OTHERS = (
    "iframe, .aside ~ .aside, .language ~ .language, li.gone:nth-child(n+5), .bars tr:nth-child(n+6)"
)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    root = tmp_path_factory.mktemp("sample")
    shutil.copytree(REPOSITORY / "recipients", root / "recipients")
    shutil.copytree(REPOSITORY / "templates", root / "templates")
    shutil.copytree(REPOSITORY / "issues" / SAMPLE, root / "issues" / SAMPLE)
    shutil.copy(REPOSITORY / "mailer.toml", root)
    return open_workspace(root)


@pytest.fixture(scope="module")
def proved(sample: Workspace) -> tuple[Composed, Proof, Plan]:
    with ledger_of(sample) as ledger:
        composed = compose_issue(sample, SAMPLE, ("everyone",), secret=unsubscribe_secret(ledger))
        proof = prove_issue(sample, composed)
        return composed, proof, plan_send(sample, ledger, proof, composed, PRACTICE)


@pytest.fixture(scope="module")
def index(sample: Workspace, proved: tuple[Composed, Proof, Plan]) -> Path:
    page = write_proof_page(sample, *proved, (), made_by="tester", screenshots=False)
    return page.index


def test_what_cannot_be_approved_yet_says_so_in_place_of_the_command(office: Office) -> None:
    edit = office.issue.read_text(encoding="utf-8").replace("A briefing is on Tuesday.", "See {{nothing}}.")
    office.issue.write_text(edit, encoding="utf-8")
    printed = office.run("proof", "test-issue", "--to", "everyone", "--no-screenshots")
    why = "It cannot be approved while 1 stop is neither mended nor waived."
    assert why in printed
    words = words_of(page_of(office))
    assert why in words
    assert "mailer approve" not in words
    assert "of 1 approval" not in words


def test_a_finding_says_no_word_twice_and_names_commands_as_such(office: Office) -> None:
    text = office.issue.read_text(encoding="utf-8")
    edit = text.replace(
        "A briefing is on Tuesday.", "A briefing of the the unit, see `x  y` and <b>sheeps</b>."
    )
    office.issue.write_text(re.sub(r"(?m)^subject: (.*)$", r"subject: 'RE: \1'", edit), encoding="utf-8")
    office.run("proof", "test-issue", "--to", "everyone", "--no-screenshots")
    page = page_of(office)
    findings = page[page.index('id="findings"') : page.index("</section>", page.index('id="findings"'))]
    assert "<q>RE: " in " ".join(findings.split()), "words of a text that the message does not have"
    for message, words in re.findall(r"<p>([^<]*(?:<code>[^<]*</code>[^<]*)*) <q>([^<]*)</q></p>", findings):
        assert words not in message
    assert "`" not in findings
    assert "<b>" not in findings


@pytest.mark.parametrize(
    ("message", "field", "words", "shown"),
    [
        ('They see "a subscriber".', None, "role", ""),
        ("3 of 40 readers read Russian first, and no version is in it.", None, "Russian", ""),
        ("3 people have no address.", None, "fewer", ""),
        ('"sheeps" has another form.', "body", "sheeps", ""),
        ("The subject has 71 signs.", "subject", "A long one", "A long one"),
        ("The subject has 71 signs.", "subject", None, ""),
    ],
)
def test_words_are_quoted_only_where_they_are_a_texts_and_not_said_yet(
    message: str, field: str | None, words: str | None, shown: str
) -> None:
    finding = Finding(rule="a.b", severity=Severity.WARN, message=message, field=field, words=words)
    assert quoted(finding) == shown


def test_commands_in_hints_are_code_and_all_else_is_words() -> None:
    assert coded("Run `mailer check <b>`; then & `x.") == (
        "Run <code>mailer check &lt;b&gt;</code>; then &amp; `x."
    )


def page_of(office: Office) -> str:
    return (office.root / "build" / "test-issue" / "proof" / "index.html").read_text(encoding="utf-8")


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style>.*?</style>", "", page)).split())


def test_every_version_is_named_with_its_readers(proved: tuple[Composed, Proof, Plan], index: Path) -> None:
    _, proof, _ = proved
    page = index.read_text(encoding="utf-8")
    assert len(proof.renditions) == 12
    for key, words in proof.words.items():
        row = re.search(rf'<tr><th scope="row"><a href="#mail-{key}">.*?</tr>', page)
        assert row
        assert words_of(row[0]).startswith(f"{escape(words)} {proof.heads[key]} ")
        assert f'id="mail-{key}"' in page
        assert (index.parent / "mails" / f"{key}-light.html").is_file()


def test_it_says_what_is_to_be_approved(proved: tuple[Composed, Proof, Plan], index: Path) -> None:
    _, proof, _ = proved
    words = words_of(index.read_text(encoding="utf-8"))
    for said in (
        proof.digest,
        f"mailer approve {proof.digest[:12]} --by NAME",
        "UTC, by tester",
        "from 2016-12-14 until 2017-01-15",
        "158 readers, 12 versions in 3 languages",
        "mjml-python",
        "144 people of 158",
        "13 not subscribed",
        "Secretariat, reporting desk : Notification 2016/035 gives both the rule",
        "Without Two small grants",
        "Kazakhstan",
        "first proof of the issue",
    ):
        assert said in words


def test_no_real_reader_is_unsubscribed_from_it(proved: tuple[Composed, Proof, Plan], index: Path) -> None:
    composed, _, _ = proved
    mails = "".join(path.read_text(encoding="utf-8") for path in (index.parent / "mails").iterdir())
    assert "this%20unsubscribes%20nobody" in mails
    assert "%%slot:" not in mails
    assert "slot.invalid" not in mails
    tokens = {reader.slots["unsubscribe"] for reader in composed.readers}
    assert not any(escape(token) in mails for token in tokens)


def test_hostile_words_are_shown_as_they_are(office: Office) -> None:
    text = office.issue.read_text(encoding="utf-8")
    text = re.sub(r"subject: .*", lambda _: f"subject: '{HOSTILE}'", text)
    text = text.replace("title: For the press", f"title: '{HOSTILE}'").replace("Ann Author", f"'{HOSTILE}'")
    office.issue.write_text(text, encoding="utf-8")
    office.run("proof", "test-issue", "--to", "everyone")
    page = page_of(office)
    assert "<img src=x" not in page
    assert page.count(escape(HOSTILE).replace("&quot;", "&#34;")) >= 3


def test_what_changed_since_the_last_proof_is_told_in_words(office: Office) -> None:
    office.run("proof", "test-issue", "--to", "everyone")
    assert "first proof of the issue" in page_of(office)
    text = office.issue.read_text(encoding="utf-8")
    office.issue.write_text(text.replace("on Tuesday", "on Friday"), encoding="utf-8")
    office.run("proof", "test-issue", "--to", "everyone")
    page = page_of(office)
    assert "A briefing is on <del>Tuesday</del><ins>Friday</ins>." in page
    assert "Text, in 1 version" in page


def test_the_page_of_the_last_proof_takes_the_place_of_the_one_before(office: Office) -> None:
    office.run("proof", "test-issue", "--to", "everyone")
    folder = office.root / "build" / "test-issue" / "proof"
    (folder / "mails" / "xx-000000-light.html").write_text("old")
    printed = office.run("proof", "test-issue", "--to", "everyone")
    assert not (folder / "mails" / "xx-000000-light.html").exists()
    assert [path.name for path in folder.parent.iterdir()] == ["proof"]
    assert "build/test-issue/proof/index.html" in printed
    assert "Chromium was not found" in printed


def test_differences_leave_out_what_only_moved() -> None:
    old = "Head\n====\n\n 1. One\n 2. Two\n 3. Three\n\nThe herd moves\nnorth in spring.\n\nGone."
    new = "Head\n====\n\n 1. One\n 2. Three\n\nThe herd\nmoves north in autumn.\n\nNew here, and long."
    found = changes(old, new)
    assert [change.kind for change in found] == ["gone", "changed", "new", "gone"]
    assert found[1].pieces == (
        ("same", "The herd moves north in "),
        ("gone", "spring"),
        ("new", "autumn"),
        ("same", "."),
    )
    assert changes(old, old) == ()


def test_very_long_texts_are_compared_in_time() -> None:
    assert changes("a b " * 100_000, "a c " * 100_000)
    assert changes("\n\n".join(f"{n} x" for n in range(9_000)), "\n\n".join(f"{n} y" for n in range(9_000)))
    assert changes("a b\n\n" * 2_000, "a c\n\n" * 2_000)


def test_a_line_is_cut_between_signs() -> None:
    family = "\N{MAN}\N{ZERO WIDTH JOINER}\N{WOMAN}"
    assert cut(f"ab{family}cd", 3) == (f"ab{family}", "cd")
    assert cut("short", 35) == ("short", "")


def test_a_program_that_takes_no_pictures_is_said_plainly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail = tmp_path / "mail.html"
    mail.write_text("<p>Hello")
    assert find_chromium() == ""
    assert "was not found" in take_shots({"en-000000": mail}, tmp_path / "none").note
    monkeypatch.setenv(VARIABLE, "/bin/false")
    shots = take_shots({"en-000000": mail}, tmp_path / "failed")
    assert shots.files == {}
    assert "could not photograph en-000000" in shots.note


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("needs Chromium")
    with playwright.sync_playwright() as running:
        yield running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_a_browser_opens_it_from_disk(browser, index: Path, mode: str) -> None:  # type: ignore[no-untyped-def]
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport={"width": 360, "height": 800}, color_scheme=mode)
    page = context.new_page()
    asked: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(index.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    assert page.locator("iframe").count() == 3 * 2 * 4
    page.locator("#look-dark").focus()
    page.keyboard.press("ArrowLeft")
    assert page.is_checked("#look-light")
    frame = page.locator(".phone .look-light iframe").first
    frame.scroll_into_view_if_needed()
    picture = page.frame_locator(".phone .look-light iframe").first.locator("img").first
    picture.wait_for()
    page.keyboard.press("ArrowRight")
    assert page.is_checked("#look-dark")
    assert not frame.is_visible()
    assert page.locator(".phone .look-dark iframe").first.is_visible()
    assert all(url.startswith("file:") for url in asked)
    assert any("/pictures/" in url for url in asked)
    assert said == []
    page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
    # The mails have proofs of their own; here is the page around them, and of what is alike the first of its kind.
    page.evaluate(f"for (const one of document.querySelectorAll('{LIKE_OTHERS}')) one.remove()")
    found = Axe().run(page)
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found.response["violations"]] == []
    context.close()


@pytest.mark.slow
def test_it_is_photographed_where_chromium_is_there(
    sample: Workspace, proved: tuple[Composed, Proof, Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    from PIL import Image

    if not CHROMIUM.exists():
        pytest.skip("needs Chromium")
    monkeypatch.setenv(VARIABLE, str(CHROMIUM))
    page = write_proof_page(sample, *proved, (), made_by="tester")
    assert page.note == ""
    shots = sorted((page.index.parent / "shots").iterdir())
    assert len(shots) == 6
    for path in shots:
        with Image.open(path) as shot:
            assert shot.width in (360, 700)
            assert shot.height > 3000


def test_what_could_not_be_checked_is_said_and_is_no_part_of_the_digest(
    sample: Workspace, proved: tuple[Composed, Proof, Plan], index: Path
) -> None:
    composed, proof, _ = proved
    words = words_of(index.read_text(encoding="utf-8"))
    assert composed.not_checked
    assert "Not checked" in words
    for one in composed.not_checked:
        assert escape(one.words[1:]) in words
    assert draft_proof(sample, replace(composed, not_checked=())).digest == proof.digest
