"""A translator of an issue gets what it shares with others too; what comes back goes into the file of its words."""

from __future__ import annotations

import re
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer.config import Workspace, open_workspace
from mailer.content import read_issue
from mailer.content.exchange import Coming, overlay_with
from mailer.errors import MailerError, ProblemsError
from mailer.flow import rewriting
from mailer.flow.translation_exchange import export_translation, plan_return, write_return
from mailer.model.translation import item_digest
from mailer.source import parse_yaml, write_atomically
from tests.flow.office import Office
from tests.flow.test_languages import PEOPLE, RUSSIAN
from tests.flow.test_translation_exchange import WORDS, filled, row_of, rules

ROOT = Path(__file__).parents[2]
ISSUE = """\
id: a
series: News
date: 2016-12-19
language: en
subject: Saigas counted
items:
  - shared: contact
  - id: first
    kind: article
    title: One
    body: A body.
"""
CONTACT = """\
kind: contact
title: Contact
body: |
  Write to us by 3 May,
  or come by.
email: office@example.org
"""
FRENCH = "language: fr\nsubject: Les saïgas\nitems:\n  first: {title: Un, body: Un texte.}\n"
SHARED = "# ours\ntitle:   'Contact'  # ici\nbody: Écrivez avant le 3 mai.\n"


@pytest.fixture
def work(tmp_path: Path) -> Workspace:
    (tmp_path / "issues" / "a").mkdir(parents=True)
    (tmp_path / "issues" / "shared").mkdir()
    shutil.copy(ROOT / "mailer.toml", tmp_path)
    (tmp_path / "issues" / "a" / "issue.yaml").write_text(ISSUE, encoding="utf-8")
    (tmp_path / "issues" / "shared" / "contact.yaml").write_text(CONTACT, encoding="utf-8")
    return open_workspace(tmp_path)


def own(work: Workspace) -> Path:
    return work.issues / "a" / "issue.fr.yaml"


def shared(work: Workspace) -> Path:
    return work.issues / "shared" / "contact.fr.yaml"


@pytest.fixture
def french(work: Workspace) -> Workspace:
    own(work).write_text(FRENCH, encoding="utf-8")
    shared(work).write_text(SHARED, encoding="utf-8")
    return work


def came_back(work: Workspace, **words: str) -> bytes:
    content = export_translation(work, "a", "fr")
    for key, said in words.items():
        content = filled(content, key.replace("_", "."), said)
    return content


def test_shared_items_go_out_in_their_places_marked_as_everybodys(work: Workspace) -> None:
    content = export_translation(work, "a", "fr")
    keys = []
    for row in Document(BytesIO(content)).element.body.iter(qn("w:tr")):
        text = " ".join(each.text or "" for each in row.iter(qn("w:t")))
        keys += re.findall(r"(\S+) [0-9a-f]{12}\.", text)
        assert ("SHARED: in every issue commun à tous les numéros" in text) == ("contact." in text)
    assert keys == [
        "_head.series",
        "_head.subject",
        "contact.title",
        "contact.body",
        "first.title",
        "first.body",
    ]
    xliff = export_translation(work, "a", "fr", "xliff").decode()
    assert xliff.count("<note>Shared: these words stand in every issue.</note>") == 2


@pytest.mark.parametrize("form", ["docx", "xliff"])
def test_what_stands_in_the_shared_file_goes_out_and_comes_back_without_a_word(
    french: Workspace, form: str
) -> None:
    for is_begun in (True, False):
        if not is_begun:
            own(french).unlink()
        content = export_translation(french, "a", "fr", form)  # type: ignore[arg-type]
        plan = plan_return(french, content, "a")
        assert (plan.findings, plan.changes, plan.files) == ((), (), ())
        assert plan.same == (5 if is_begun else 2)
        assert write_return(french, plan) == ()


def test_both_files_are_begun_with_frames_stamps_and_translators(work: Workspace) -> None:
    content = came_back(work, contact_title="Nous joindre", contact_body="Avant le 3 mai.", first_title="Un")
    plan = plan_return(work, content, "a", by="A. Dupont")
    assert plan.stamped == ("contact", "first")
    assert write_return(work, plan) == (own(work), shared(work))
    text = shared(work).read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../../schemas/shared-translation.schema.json\n")
    assert "# Write to us by 3 May,\n# or come by.\n" in text
    assert "contact" not in own(work).read_text(encoding="utf-8")
    file = read_issue(work.issues / "a", work.root)
    done = file.translations["fr"].items["contact"]
    assert (done.item.title, done.item.body) == ("Nous joindre", "Avant le 3 mai.\n")
    assert (done.source, done.missing) == (item_digest(file.issue.item("contact")), ())
    for path in (own(work), shared(work)):
        assert "translators:\n  - A. Dupont\n" in path.read_text(encoding="utf-8")
    assert file.translations["fr"].translators == ("A. Dupont",)


def test_only_the_file_whose_words_changed_is_written_and_only_where_they_stand(french: Workspace) -> None:
    before = own(french).read_bytes()
    plan = plan_return(french, came_back(french, contact_title="Nous joindre"), "a")
    assert write_return(french, plan) == (shared(french),)
    assert own(french).read_bytes() == before
    lines = shared(french).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line not in SHARED.splitlines()] == [
        f"source: {item_digest(read_issue(french.issues / 'a', french.root).issue.item('contact'))}",
        "title: 'Nous joindre' # ici",
    ]


@pytest.mark.parametrize("standing", ["", "# nothing yet\n", "# nothing yet", "title:\n"])
def test_a_shared_file_without_words_is_filled(work: Workspace, standing: str) -> None:
    shared(work).write_text(standing, encoding="utf-8")
    write_return(work, plan_return(work, came_back(work, contact_title="Nous joindre"), "a"))
    text = shared(work).read_text(encoding="utf-8")
    assert text.startswith(standing.removesuffix("title:\n").strip())
    assert "title: Nous joindre\n" in text
    assert not own(work).exists()


@given(words=WORDS.filter(str.strip), standing=st.sampled_from(["", SHARED, "title: |\n  A\n  # b\n", "{}"]))
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_words_stand_in_the_shared_file_as_they_came(work: Workspace, words: str, standing: str) -> None:
    file = read_issue(work.issues / "a", work.root)
    coming = Coming({("contact", "title"): words, ("contact", "body"): words}, {}, "Ann", "contact")
    made = overlay_with(file, "fr", standing.encode() or None, "contact.fr.yaml", coming)
    data = parse_yaml(made, "a").data
    assert [data[key].removesuffix("\n") for key in ("title", "body")] == [words.removesuffix("\n")] * 2
    assert data["translators"] == ["Ann"]


def test_conflicts_lost_links_and_stale_words_are_found_in_shared_items_too(french: Workspace) -> None:
    content = came_back(french, contact_title="Nous joindre")
    shared(french).write_text(SHARED.replace("'Contact'", "'Nous trouver'"), encoding="utf-8")
    plan = plan_return(french, content, "a")
    assert (rules(plan, "stop"), plan.kept_out, plan.files) == (
        {"translation.conflict"},
        ("contact.title",),
        (),
    )
    assert [each.path for each in plan_return(french, content, "a", theirs=True).files] == [shared(french)]
    content = came_back(french, contact_body="Écrivez avant le 4 mai.")
    assert rules(plan_return(french, content, "a"), "warn") == {"translation.dates"}
    source = french.issues / "shared" / "contact.yaml"
    source.write_text(CONTACT.replace("come by", "drop in"), encoding="utf-8")
    plan = plan_return(french, content, "a")
    assert plan.stale == ("contact",)
    write_return(french, plan)
    assert b"CHECK" in export_text(french, "contact.body")


def export_text(work: Workspace, key: str) -> bytes:
    row = row_of(Document(BytesIO(export_translation(work, "a", "fr"))), key)
    return "".join(each.text or "" for each in row.iter(qn("w:t"))).encode()


def test_nothing_is_written_where_either_file_has_changed_since_it_was_planned(french: Workspace) -> None:
    plan = plan_return(french, came_back(french, contact_title="Nous", first_title="Une"), "a")
    for path in (own(french), shared(french)):
        before = path.read_bytes()
        path.write_bytes(before + b"# later\n")
        with pytest.raises(
            MailerError, match=rf"issues/{path.parent.name}/{path.name} has changed meanwhile"
        ):
            write_return(french, plan)
        path.write_bytes(before)
        assert (own(french).read_text(), shared(french).read_text()) == (FRENCH, SHARED)
    shared(french).unlink()
    with pytest.raises(MailerError, match="has changed meanwhile"):
        write_return(french, plan)


def break_after(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """From then on the disk is full."""
    written: list[Path] = []

    def write(path: Path, content: bytes) -> None:
        if len(written) == count:
            raise OSError(28, "No space left on device")
        written.append(path)
        write_atomically(path, content)

    monkeypatch.setattr(rewriting, "write_atomically", write)


def test_where_the_second_cannot_be_written_the_first_is_as_it_was(
    work: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_return(work, came_back(work, contact_title="Nous joindre", first_title="Un"), "a")
    break_after(monkeypatch, 1)
    with pytest.raises(OSError, match="No space"):
        write_return(work, plan)
    assert not own(work).exists()
    assert not shared(work).exists()


def test_what_could_not_be_put_back_is_named_and_importing_again_ends_it(
    french: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = came_back(french, contact_title="Nous joindre", first_title="Une")
    break_after(monkeypatch, 1)
    with pytest.raises(MailerError, match=r"issues/a/issue\.fr\.yaml could not be put back"):
        write_return(french, plan_return(french, content, "a"))
    monkeypatch.undo()
    assert shared(french).read_text(encoding="utf-8") == SHARED
    assert write_return(french, plan_return(french, content, "a")) == (shared(french),)


def test_a_shared_file_that_is_of_no_use_is_told_before_anything_goes_out_or_in(work: Workspace) -> None:
    content = came_back(work, contact_title="Nous joindre")
    for text, problem in (
        (
            "kind: about\n",
            "contact · kind: is the same in every language. Take it out: contact.yaml says it.",
        ),
        ("- title\n", "does not begin with `key: value` lines"),
        ("translators: Ann\n", "contact · translators"),
    ):
        shared(work).write_text(text, encoding="utf-8")
        with pytest.raises(ProblemsError) as caught:
            plan_return(work, content, "a")
        (told,) = map(str, caught.value.problems)
        assert told.startswith("issues/shared/contact.fr.yaml:1: ")
        assert problem in told
    shared(work).unlink()
    shared(work).symlink_to(work.root / "elsewhere.yaml")
    with pytest.raises(ProblemsError, match="is a link to a file that is not there"):
        export_translation(work, "a", "fr")
    (work.root / "elsewhere.yaml").write_text("title: A\n")
    with pytest.raises(ProblemsError, match="is a link out of its folder"):
        export_translation(work, "a", "fr")


def test_commands_name_every_file_that_they_make_or_would_write(
    work: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from mailer.cli.entry import run

    base = ["-w", str(work.root), "translate"]
    content = tmp_path / "a.docx"
    content.write_bytes(came_back(work, contact_title="Nous joindre", first_title="Un"))
    assert run([*base, "import", str(content), "--dry-run"]) == 0
    printed = capsys.readouterr().out
    assert "Would write issues/a/issue.fr.yaml\nWould write issues/shared/contact.fr.yaml\n" in printed
    assert not own(work).exists()
    assert run([*base, "import", str(content), "--format", "json"]) == 0
    assert '"files": [\n    "issues/a/issue.fr.yaml",' in capsys.readouterr().out
    own(work).unlink()
    shared(work).unlink()
    assert run([*base, "start", "a", "fr"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "Made issues/a/issue.fr.yaml;" in printed
    assert "Made issues/shared/contact.fr.yaml, whose words stand in every issue that names it;" in printed


def test_translators_and_authors_of_a_shared_item_do_not_approve_it(office: Office) -> None:
    (office.root / "recipients" / "contacts.csv").write_text(PEOPLE, encoding="utf-8")
    home = office.root / "issues" / "shared"
    home.mkdir()
    (home / "office.yaml").write_text(
        "kind: contact\ntitle: Our office\nbody: Come by.\nauthors: [Ann Author]\n", encoding="utf-8"
    )
    words = "translators: [Irina Petrova]\ntitle: Наш адрес\nbody: Приходите.\n"
    (home / "office.ru.yaml").write_text(words, encoding="utf-8")
    (office.issue.parent / "issue.ru.yaml").write_text(RUSSIAN, encoding="utf-8")
    with office.issue.open("a", encoding="utf-8") as file:
        file.write("  - shared: office\n")
    printed = office.run("proof", "test-issue", "--to", "everyone", "--no-screenshots")
    found = re.search(r"digest ([0-9a-f]{64})", printed)
    assert found
    assert "1 for Russian by anybody but its translators" in printed
    printed = office.run("approve", found[1], "--by", "irina petrova")
    assert "It does not count for Russian: somebody else has to approve that." in printed
    assert "Ann Author" in office.run("approve", found[1], "--by", "Ann Author", code=1)
    (home / "office.ru.yaml").write_text(words.replace("Irina", "Olga"), encoding="utf-8")
    again = office.run("proof", "test-issue", "--to", "everyone", "--no-screenshots")
    assert found[1] not in again
