"""What colleagues sent becomes items: whole or not at all, with nothing overwritten that was not named."""

from __future__ import annotations

import io
import json
import os
import shutil
from datetime import UTC, date, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from typer.testing import CliRunner

from mailer.cli.app import app
from mailer.cli.entry import load_commands
from mailer.cli.importing import asked_about
from mailer.config import Workspace, open_workspace
from mailer.content import Receipt, add_receipt, read_issue
from mailer.errors import MailerError, ProblemsError, UsageError
from mailer.flow import contributed_writing
from mailer.flow.contributed import ImportPlan
from mailer.flow.contributed_names import free_name, name_of
from mailer.flow.contributing import plan_import, read_given, read_sent, with_answers, write_import
from mailer.model.contribution import Contribution, Doubt, Mend, Photo, Piece
from mailer.model.finding import Severity
from mailer.model.issue import Issue
from mailer.source import write_atomically

ROOT = Path(__file__).parents[2]
SAMPLE = "2016-12-cami"
DAY = date(2017, 3, 1)

TRIAL = """\
# A note at the top.
id: trial
series:   'Trial'   # beside it
date: 2016-12-19
items:
  # about the first
  - id: one
    kind: event
    start: 2017-01-02
    title: "One"   # short
    body: Words of one.
    show_to: everyone
    layout: half

  # how to reach us
  - id: contact
    kind: contact
    title: Contact

  - id: about
    kind: about
    title: About us
"""


def a_photo(colour: str = "green", *, artist: str = "", form: str = "JPEG") -> bytes:
    image = Image.new("RGB", (80, 60), colour)
    exif = image.getexif()
    if artist:
        exif[0x013B] = artist
    out = io.BytesIO()
    image.save(out, form, exif=exif)
    return out.getvalue()


JPEG = a_photo()


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    folder = tmp_path / "work" / "issues" / "trial"
    (folder / "images").mkdir(parents=True)
    (folder / "issue.yaml").write_text(TRIAL, encoding="utf-8")
    shutil.copyfile(ROOT / "mailer.toml", tmp_path / "work" / "mailer.toml")
    return open_workspace(tmp_path / "work", {})


def sent(*pieces: Piece, file: str = "news.docx", **more: Any) -> Contribution:
    return Contribution(file=file, pieces=pieces, **more)


def piece(title: str = "Saiga day", body: str = "It was a good day.", *photos: Photo, **more: Any) -> Piece:
    return Piece(title=title, body=body, photos=photos, **more)


def trial(workspace: Workspace) -> Issue:
    return read_issue(workspace.issues / "trial", workspace.root).issue


def text_of(workspace: Workspace) -> str:
    return (workspace.issues / "trial" / "issue.yaml").read_text(encoding="utf-8")


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(workspace: Workspace, *contributions: Contribution, **how: Any) -> ImportPlan:
    plan = plan_import(workspace, contributions, **({"into": "trial"} | how))
    write_import(workspace, plan)
    return plan


def rules(plan: ImportPlan) -> list[tuple[str, str | None]]:
    return [(finding.rule, finding.item) for finding in plan.findings]


def test_a_piece_becomes_an_item_before_what_stands_at_the_end_and_no_other_line_changes(
    workspace: Workspace,
) -> None:
    put(workspace, sent(piece("Saiga day: 26 April", "First.\n\n- a\n- b"), piece("Сайга и степь", "Да.")))
    added = """\
  - id: saiga-day-26-april
    kind: article
    title: "Saiga day: 26 April"
    body: |
      First.

      - a
      - b

  - id: sayga-i-step
    kind: article
    title: Сайга и степь
    body: |
      Да.

"""
    assert text_of(workspace) == TRIAL.replace("  # how to reach us", f"{added}  # how to reach us")
    assert [item.id for item in trial(workspace).items][-2:] == ["contact", "about"]


def test_the_sample_issue_gets_lines_and_loses_none(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "issues" / SAMPLE, tmp_path / "issues" / SAMPLE)
    shutil.copyfile(ROOT / "mailer.toml", tmp_path / "mailer.toml")
    workspace = open_workspace(tmp_path, {})
    plan = plan_import(workspace, [sent(piece())], into=SAMPLE)
    assert not [line for line in plan.diff if line.startswith("-") and not line.startswith("---")]
    assert len([line for line in plan.diff if line.startswith("+")]) == 1 + 6


def test_nothing_is_written_by_planning(workspace: Workspace) -> None:
    before = everything(workspace.root)
    plan_import(workspace, [sent(piece("A", "B", Photo(name="a.jpg", content=JPEG)))], into="trial")
    assert everything(workspace.root) == before


def test_ids_never_meet_those_that_are_there_nor_each_other(workspace: Workspace) -> None:
    plan = put(workspace, sent(piece("One"), piece("One"), piece("Shared"), piece("CON"), piece("!!!")))
    assert [item.id for item in plan.items] == ["one-2", "one-3", "shared-item", "con-item", "news"]
    assert rules(plan).count(("import.again", "one-2")) == 1


def test_what_begins_a_new_issue_stands_beside_nothing(workspace: Workspace) -> None:
    plan = plan_import(workspace, [sent(piece("One", "Words of one."))], new="2017-01", day=DAY)
    assert "import.again" not in {finding.rule for finding in plan.findings}


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Saiga's day", "saigas-day"),
        ("Конференция по сайге", "konferentsiya-po-sayge"),
        ("Қазақстан өзені", "qazaqstan-ozeni"),
        ("Überfüllte Straße", "uberfullte-strasse"),
        ("国际会议", "text"),
        ("COP12 国际会议", "cop12"),
        ("../../etc/passwd", "etc-passwd"),
        ("a" * 10_000, "a" * 60),
        ("lpt1", "lpt1-item"),
        ("\u202eevil", "evil"),
    ],
)
def test_a_title_in_any_script_gives_a_name_for_every_machine(words: str, name: str) -> None:
    assert name_of(words, "text") == name


def test_a_numbered_name_stays_within_its_bound() -> None:
    assert len(free_name("a" * 80, {"a" * 80})) == 80


def test_text_before_the_first_heading_is_an_item_without_title_and_said_so(workspace: Workspace) -> None:
    plan = put(workspace, sent(piece("", "Before."), piece("A", "After."), file="Our news.docx"))
    assert [item.id for item in plan.items] == ["our-news", "a"]
    assert ("import.title", "our-news") in rules(plan)


def test_a_heading_with_only_lower_headings_below_it_is_a_heading(workspace: Workspace) -> None:
    plan = put(workspace, sent(piece("Events", ""), piece("One event", "x", level=2), piece("Empty", "")))
    assert [item.kind for item in plan.items] == ["heading", "article", "article"]


def test_the_kind_of_all_can_be_given_unless_it_wants_what_no_text_says(workspace: Workspace) -> None:
    assert {item.kind for item in put(workspace, sent(piece()), kind="press").items} == {"press"}
    for kind, wanted in (("event", "start"), ("deadline", "due"), ("image", "image")):
        with pytest.raises(UsageError, match=f"needs its `{wanted}`"):
            plan_import(workspace, [sent(piece())], into="trial", kind=kind)
    with pytest.raises(UsageError, match='no kind "artikel"') as caught:
        plan_import(workspace, [sent(piece())], into="trial", kind="artikel")
    assert "article" in caught.value.hint


def test_that_all_are_articles_is_said_unless_it_was_asked_for(workspace: Workspace) -> None:
    assert ("import.kind", "saiga-day") in rules(plan_import(workspace, [sent(piece())], into="trial"))
    plan = plan_import(workspace, [sent(piece())], into="trial", kind="article")
    assert "import.kind" not in {rule for rule, _ in rules(plan)}


# Photos


def test_the_first_photo_is_the_image_and_each_further_one_an_item(workspace: Workspace) -> None:
    photos = [
        Photo(name="IMG 0001.JPG", content=JPEG, alt="A saiga", credit="© Ana", rights="free"),
        Photo(name="../../evil.png", content=a_photo("red", form="PNG"), caption="Two"),
    ]
    plan = put(workspace, sent(piece("Saiga day", "x", *photos)))
    first, second = (trial(workspace).item(name).image for name in ("saiga-day", "saiga-day-photo"))
    assert first is not None
    assert second is not None
    assert (first.src, first.alt, first.credit, first.rights) == (
        "images/saiga-day.jpg",
        "A saiga",
        "Ana",
        "free",
    )
    assert (second.src, second.caption) == ("images/evil.png", "Two")
    assert [(item.id, item.kind, item.photos) for item in plan.items] == [
        ("saiga-day", "article", 1),
        ("saiga-day-photo", "image", 1),
    ]
    about_second = {(each.rule, each.field) for each in plan.findings if each.item == "saiga-day-photo"}
    assert about_second == {(f"import.{what}", f"image.{what}") for what in ("alt", "credit", "rights")}
    assert [photo.item for photo in plan.photos] == ["saiga-day", "saiga-day-photo"]
    assert (workspace.issues / "trial" / first.src).read_bytes() == JPEG
    assert [item.kind for item in trial(workspace).items] == ["event", "article", "image", "contact", "about"]
    assert plan.photos[0].missing == ()


def test_what_nobody_said_of_a_photo_stays_out_and_is_a_finding(workspace: Workspace) -> None:
    plan = put(workspace, sent(piece("A", "x", Photo(name="a.jpg", content=JPEG))))
    wanted = {"import.alt", "import.credit", "import.rights"}
    assert wanted <= {finding.rule for finding in plan.findings}
    assert {finding.field for finding in plan.findings if finding.rule in wanted} == {
        "image.alt",
        "image.credit",
        "image.rights",
    }
    assert "alt:" not in text_of(workspace)


def test_credit_and_rights_can_be_given_for_all_that_say_none(workspace: Workspace) -> None:
    photos = Photo(name="a.jpg", content=JPEG), Photo(name="b.jpg", content=a_photo("red"), credit="Bo")
    put(workspace, sent(piece("A", "x", *photos)), credit="Ana", rights="CC BY 4.0")
    images = [item.image for item in trial(workspace).items if item.image]
    assert [(image.credit, image.rights) for image in images] == [("Ana", "CC BY 4.0"), ("Bo", "CC BY 4.0")]


def test_whom_a_file_names_is_offered_and_never_taken(workspace: Workspace) -> None:
    photo = Photo(name="a.jpg", content=a_photo(artist="Jo\x1b[31m Doe"))
    plan = put(workspace, sent(piece("A", "x", photo)))
    (hint,) = (finding.hint for finding in plan.findings if finding.rule == "import.credit")
    assert '"Jo [31m Doe"' in hint
    assert "Doe" not in text_of(workspace)


def test_answers_about_photos_come_into_the_issue(workspace: Workspace) -> None:
    given = [sent(piece("A", "x", Photo(name="a.jpg", content=JPEG)))]
    (photo,) = plan_import(workspace, given, into="trial").photos
    put(workspace, *with_answers(given, {photo.at: {"alt": "A saiga", "credit": "Ana"}}))
    image = trial(workspace).item("a").image
    assert image is not None
    assert (image.alt, image.credit, image.rights) == ("A saiga", "Ana", "")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "SVG"),
        (JPEG[:200], "damaged"),
        (b"", "empty"),
    ],
)
def test_an_item_stands_without_a_photo_that_cannot_be_sent(
    workspace: Workspace, content: bytes, words: str
) -> None:
    plan = put(workspace, sent(piece("A", "x", Photo(name="a.jpg", content=content))))
    (found,) = (finding for finding in plan.findings if finding.rule == "import.photo")
    assert words in found.message
    assert found.hint
    assert trial(workspace).item("a").image is None
    assert not list((workspace.issues / "trial" / "images").iterdir())


def test_the_same_bytes_are_kept_once_and_a_taken_name_gets_a_number(workspace: Workspace) -> None:
    images = workspace.issues / "trial" / "images"
    (images / "A.JPG").write_bytes(JPEG)
    (images / "b.jpg").write_bytes(b"another one")
    blue = Photo(name="b.jpg", content=a_photo("blue"))
    plan = put(
        workspace, sent(piece("A", "x", Photo(name="z.jpg", content=JPEG), blue), piece("B", "y", blue))
    )
    assert [photo.src for photo in plan.photos] == ["images/A.JPG", "images/b-2.jpg", "images/b-2.jpg"]
    assert (images / "b.jpg").read_bytes() == b"another one"
    assert len(list(images.iterdir())) == 3


def test_photos_are_never_written_through_a_link(workspace: Workspace, tmp_path: Path) -> None:
    images = workspace.issues / "trial" / "images"
    images.rmdir()
    (tmp_path / "elsewhere").mkdir()
    images.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(MailerError, match="is a link"):
        plan_import(workspace, [sent(piece("A", "x", Photo(name="a.jpg", content=JPEG)))], into="trial")
    assert not list((tmp_path / "elsewhere").iterdir())


# Replacing


def test_a_replaced_item_keeps_all_but_its_words(workspace: Workspace) -> None:
    plan = put(workspace, sent(piece("One, mended", "New words.")), replace=["one"])
    assert text_of(workspace) == TRIAL.replace('"One"', "One, mended").replace(
        "body: Words of one.", "body: |\n      New words."
    )
    assert [(item.id, item.kind, item.becomes) for item in plan.items] == [("one", "event", "replaced")]
    assert any(line == "-    body: Words of one." for line in plan.diff)


def test_of_several_pieces_the_one_whose_title_gives_the_id_replaces(workspace: Workspace) -> None:
    plan = put(workspace, sent(piece("One", "New."), piece("Two", "Added.")), replace=["one"])
    assert [(item.id, item.becomes) for item in plan.items] == [("one", "replaced"), ("two", "added")]


def test_it_is_never_guessed_what_replaces_what(workspace: Workspace) -> None:
    two = sent(piece("Two"), piece("Three"))
    with pytest.raises(UsageError, match="not certain which of the 2 pieces is one") as caught:
        plan_import(workspace, [two], into="trial", replace=["one"])
    assert "two, three" in caught.value.hint
    with pytest.raises(UsageError, match='no item "onee"') as caught:
        plan_import(workspace, [two], into="trial", replace=["onee"])
    assert '"one"' in caught.value.hint


def test_without_a_photo_the_old_one_stays_and_with_one_nothing_of_the_old_is_said_of_it(
    workspace: Workspace,
) -> None:
    old = Photo(name="old.jpg", content=JPEG, alt="Old", credit="Ana", rights="free")
    put(workspace, sent(piece("Two", "x", old)))
    plan = put(workspace, sent(piece("Two", "y")), replace=["two"])
    assert ("import.kept", "two") in rules(plan)
    assert trial(workspace).item("two").image is not None
    put(workspace, sent(piece("Two", "z", Photo(name="n.jpg", content=a_photo("red")))), replace=["two"])
    image = trial(workspace).item("two").image
    assert image is not None
    assert (image.src, image.alt, image.credit, image.rights) == ("images/n.jpg", None, "", "")
    assert (workspace.issues / "trial" / "images" / "old.jpg").exists()


def test_the_same_photo_again_keeps_what_the_issue_says_of_it(workspace: Workspace) -> None:
    put(workspace, sent(piece("Two", "x", Photo(name="a.jpg", content=JPEG))), credit="Ana")
    path = workspace.issues / "trial" / "issue.yaml"
    said = text_of(workspace).replace(
        "credit: Ana", "credit: Ana\n      alt: A saiga\n      focus: [0.1, 0.9]"
    )
    path.write_text(said, encoding="utf-8")
    again = Photo(name="b.jpg", content=JPEG, rights="free")
    plan = put(workspace, sent(piece("Two", "y", again)), replace=["two"])
    image = trial(workspace).item("two").image
    assert image is not None
    assert (image.src, image.alt, image.credit, image.rights) == ("images/a.jpg", "A saiga", "Ana", "free")
    assert image.focus == (0.1, 0.9)
    assert plan.photos[0].missing == ()


# A new issue


def test_a_new_issue_has_the_contributed_items_only(workspace: Workspace) -> None:
    photo = Photo(name="a.jpg", content=JPEG)
    plan = put(workspace, sent(piece("A", "x", photo)), into="", new="2017-03", day=DAY)
    issue = read_issue(workspace.issues / "2017-03", workspace.root).issue
    assert ([item.id for item in issue.items], issue.date, issue.series) == (["a"], DAY, "Trial")
    assert plan.is_new
    assert (workspace.issues / "2017-03" / "images" / "a.jpg").read_bytes() == JPEG
    assert not [path for path in workspace.issues.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("slug", ["trial", "shared", "con", "../x", "A", ""])
def test_a_new_issue_needs_a_name_that_is_free_and_good_everywhere(workspace: Workspace, slug: str) -> None:
    before = everything(workspace.root)
    with pytest.raises(MailerError):
        put(workspace, sent(piece()), into="", new=slug)
    assert everything(workspace.root) == before


def test_a_new_issue_is_there_whole_or_not_at_all(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_import(workspace, [sent(piece("A", "x", Photo(name="a.jpg", content=JPEG)))], new="next")
    monkeypatch.setattr(contributed_writing, "write_atomically", a_full_disk_after(1))
    with pytest.raises(OSError, match="No space left"):
        write_import(workspace, plan)
    assert sorted(path.name for path in workspace.issues.iterdir()) == ["trial"]


# Changes, comments, findings


def test_what_is_undecided_stays_in_the_text_unless_it_is_settled(workspace: Workspace) -> None:
    body = r"On {~~26~>24~~} April{++, in Bonn++}{--, at noon--}. {>>Ana: sure?<<} \{++no++}"
    doubt = Doubt(rule="import.change", severity=Severity.STOP, piece=0, words="26 → 24", message="Changed")
    given = sent(piece("A", body), doubts=(doubt,))
    for decide, words in (
        ("keep", body),
        ("accept", r"On 24 April, in Bonn. {>>Ana: sure?<<} \{++no++}"),
        ("reject", r"On 26 April, at noon. {>>Ana: sure?<<} \{++no++}"),
    ):
        plan = plan_import(workspace, [given], into="trial", decide=decide)  # type: ignore[arg-type]
        assert f"      {words}\n" in plan.after.decode()
        (found,) = (finding for finding in plan.findings if finding.rule == "import.change")
        assert found.severity is (Severity.STOP if decide == "keep" else Severity.NOTE)
        assert "26 → 24" in found.message
        assert [each.words for each in plan.settled] == (
            [] if decide == "keep" else ["26 → 24", "+ , in Bonn", "− , at noon"]
        )


def test_a_doubt_is_a_finding_at_its_item_with_its_place_and_words(workspace: Workspace) -> None:
    doubts = (
        Doubt(
            rule="import.footnote",
            severity=Severity.WARN,
            piece=1,
            place="paragraph 4",
            message="A footnote.",
        ),
        Doubt(
            rule="import.comment",
            severity=Severity.STOP,
            piece=0,
            place="line 7",
            words="why?",
            message="Ana asks",
        ),
        Doubt(rule="import.file", severity=Severity.NOTE, message="About all."),
    )
    plan = plan_import(workspace, [sent(piece("A"), piece("B"), doubts=doubts)], into="trial")
    first, second = plan.findings[:2]
    assert (first.severity, first.item, first.file, first.line) == (Severity.STOP, "a", "news.docx", 7)
    assert first.message == "Ana asks “why?”"
    assert (second.item, second.message) == ("b", "paragraph 4: A footnote.")
    assert any(finding.message == "About all." and finding.item is None for finding in plan.findings)


def test_what_was_mended_names_its_item(workspace: Workspace) -> None:
    mend = Mend(piece=1, before="a  b", after="a b", because="double space")
    (mended,) = plan_import(workspace, [sent(piece("A"), piece("B"), mends=(mend,))], into="trial").mends
    assert (mended.item, mended.before, mended.after) == ("b", "a  b", "a b")


@pytest.mark.parametrize(
    ("words", "script"),
    [
        ("Встреча экспертов по сайге прошла в Алматы", "Cyrillic"),
        ("国际会议国际会议国际会议国际会议国际会议", "Chinese"),
        ("Experts met in Almaty to talk about the saiga", ""),
        ("Saiga: сайга, бөкен, and many words in English besides", ""),
        ("да", ""),
    ],
)
def test_words_in_another_script_than_the_issues_are_a_finding(
    workspace: Workspace, words: str, script: str
) -> None:
    plan = plan_import(workspace, [sent(piece("1", words))], into="trial")
    found = [finding.message for finding in plan.findings if finding.rule == "import.language"]
    assert (f"{script} letters" in found[0] and "English" in found[0]) if script else not found


def test_who_sent_a_mail_is_named_where_the_issue_does_not(workspace: Workspace) -> None:
    plan = plan_import(workspace, [sent(piece(), sender="Ana Ruiz")], into="trial")
    assert any(f.rule == "import.author" and "Ana Ruiz" in f.message for f in plan.findings)


# Hostile words


@pytest.mark.parametrize(
    "title",
    [
        "null",
        "- [x] {y: z} # & *a !b |",
        'say "no": \\n',
        "{{name}} {% raw %} {{ 7 * 7 }}",
        "<script>alert(1)</script>",
        "a\x00b\x1b[31m\x85c\u2028d\ufeffe\ud800f",
        "\u202egnp.exe",
        "x" * 300,
        "' OR 1=1 --",
    ],
)
def test_hostile_titles_are_words_and_nothing_else(workspace: Workspace, title: str) -> None:
    plan = put(workspace, sent(piece(title, f"{title}\n\n```\n{title}")))
    written = trial(workspace).item(plan.items[0].id)
    assert written.title == plan.items[0].title
    assert len(trial(workspace).items) == 4
    for sign in "\x00\x1b\x85\u2028\ufeff\ud800\u202e":
        assert sign not in written.title + written.body
    named = {finding.rule for finding in plan.findings}
    assert ("import.field" in named) == ("{{name" in title)
    assert ("import.signs" in named) == ("\u202e" in title)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(st.tuples(st.text(max_size=80), st.text(max_size=120)), min_size=1, max_size=3))
def test_whatever_is_sent_the_planned_issue_can_be_read_or_problems_say_why_not(
    workspace: Workspace, pieces: list[tuple[str, str]]
) -> None:
    try:
        plan = plan_import(workspace, [sent(*(piece(*each) for each in pieces))], into="trial")
    except ProblemsError:
        return
    kept = [line for line in plan.diff if line.startswith("-") and not line.startswith("---")]
    assert kept == []


def test_all_that_an_issue_cannot_hold_is_said_at_once_and_nothing_is_written(workspace: Workspace) -> None:
    before = everything(workspace.root)
    with pytest.raises(ProblemsError) as caught:
        put(
            workspace,
            sent(piece("x" * 10_000, place="paragraph 1"), piece("B", "y" * 20_001, place="paragraph 9")),
            sent(piece("C", "|" + "a|" * 21 + "\n" + "|" + "-|" * 21), file="table.md"),
        )
    told = [str(problem) for problem in caught.value.problems]
    assert "news.docx: paragraph 1: has a heading of 10,000 signs; 300 is the most." in told[0]
    assert "paragraph 9: has 20,00" in told[1]
    assert told[2].startswith("table.md: C: has a table of 21 columns")
    assert everything(workspace.root) == before


def test_what_has_nothing_in_it_is_said_and_not_written(workspace: Workspace) -> None:
    with pytest.raises(ProblemsError, match="has no words and no photos"):
        plan_import(workspace, [sent(piece("", " \n "))], into="trial")


# Whole or not at all


def a_full_disk_after(writings: int) -> Any:
    left = [writings]

    def write(path: Path, content: bytes) -> None:
        if not left[0]:
            raise OSError(28, "No space left on device", str(path))
        left[0] -= 1
        write_atomically(path, content)

    return write


@pytest.mark.parametrize("writings", [0, 1, 2])
def test_a_full_disk_leaves_all_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, writings: int
) -> None:
    (workspace.issues / "trial" / "images").rmdir()
    before = everything(workspace.root)
    photos = [Photo(name=f"{colour}.jpg", content=a_photo(colour)) for colour in ("red", "blue")]
    plan = plan_import(workspace, [sent(piece("A", "x", *photos))], into="trial")
    monkeypatch.setattr(contributed_writing, "write_atomically", a_full_disk_after(writings))
    with pytest.raises(OSError, match="No space left"):
        write_import(workspace, plan)
    assert everything(workspace.root) == before
    assert not (workspace.issues / "trial" / "images").exists()


def test_killed_between_photos_and_issue_the_issue_reads_as_before(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_import(workspace, [sent(piece("A", "x", Photo(name="a.jpg", content=JPEG)))], into="trial")
    child = os.fork()
    if child == 0:
        real = write_atomically

        def write(path: Path, content: bytes) -> None:
            if path.name == "issue.yaml":
                os._exit(9)
            real(path, content)

        monkeypatch.setattr(contributed_writing, "write_atomically", write)
        write_import(workspace, plan)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    assert text_of(workspace) == TRIAL
    assert trial(workspace)
    assert (workspace.issues / "trial" / "images" / "a.jpg").exists()
    put(workspace, sent(piece("A", "x", Photo(name="a.jpg", content=JPEG))))
    assert len(list((workspace.issues / "trial" / "images").iterdir())) == 1


def test_of_two_imports_at_once_one_is_written_and_the_other_says_so(workspace: Workspace) -> None:
    first, second = (
        plan_import(
            workspace, [sent(piece(title, "x", Photo(name="a.jpg", content=a_photo(colour))))], into="trial"
        )
        for title, colour in (("A", "red"), ("B", "blue"))
    )
    write_import(workspace, first)
    before = everything(workspace.root)
    with pytest.raises(MailerError, match="changed meanwhile"):
        write_import(workspace, second)
    assert everything(workspace.root) == before


def test_a_photo_that_came_into_the_folder_meanwhile_is_not_overwritten(workspace: Workspace) -> None:
    plan = plan_import(workspace, [sent(piece("A", "x", Photo(name="a.jpg", content=JPEG)))], into="trial")
    (workspace.issues / "trial" / "images" / "a.jpg").write_bytes(b"theirs")
    with pytest.raises(MailerError, match="meanwhile"):
        write_import(workspace, plan)
    assert (workspace.issues / "trial" / "images" / "a.jpg").read_bytes() == b"theirs"
    assert text_of(workspace) == TRIAL


def test_an_issue_that_cannot_be_read_is_named_before_anything_else(workspace: Workspace) -> None:
    (workspace.issues / "trial" / "issue.yaml").write_text("items: [", encoding="utf-8")
    with pytest.raises(ProblemsError, match=r"issue\.yaml"):
        plan_import(workspace, [sent(piece())], into="trial")


@pytest.mark.parametrize("where", [{}, {"into": "trial", "new": "x"}, {"into": "nowhere"}])
def test_where_to_is_said_once_and_is_there(workspace: Workspace, where: dict[str, Any]) -> None:
    with pytest.raises(MailerError):
        plan_import(workspace, [sent(piece())], **where)


# From files


def a_mail(sender: str = "Ana Ruiz <ana@example.org>") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "news@example.org", "Fw: Saiga count"
    mail["Date"] = "Mon, 19 Dec 2016 10:00:00 +0000"
    mail.set_content("We counted 1,200 saiga on 3 December.\n\nMore to come.\n")
    mail.add_attachment(JPEG, maintype="image", subtype="jpeg", filename="herd.jpg")
    return mail.as_bytes()


def mailer(workspace: Workspace, *arguments: str, **more: Any) -> Any:
    """Run a command in this process."""
    load_commands("import")
    return CliRunner().invoke(app, ["-w", str(workspace.root), *arguments], **more)


def test_markdown_a_mail_and_a_word_file_at_once(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "# From Vilm\n\nThirty  experts.\n\n![The isle](isle.png)\n", encoding="utf-8"
    )
    (tmp_path / "isle.png").write_bytes(a_photo("blue", form="PNG"))
    (tmp_path / "b.eml").write_bytes(a_mail())
    document = docx.Document()
    document.add_heading("From Bonn", 1)
    document.add_paragraph("The office is closed on 24 December.")
    document.add_picture(io.BytesIO(a_photo("red")))
    document.save(str(tmp_path / "c.docx"))
    files = [str(tmp_path / name) for name in ("a.md", "b.eml", "c.docx")]
    result = mailer(workspace, "import", *files, "--into", "trial", "--credit", "Ana")
    assert result.exit_code == 0, result.output
    items = {item.title: item for item in trial(workspace).items}
    assert {"From Vilm", "From Bonn"} <= items.keys()
    assert sum(item.image is not None for item in items.values()) == 3
    image = items["From Vilm"].image
    assert image is not None
    assert (image.src, image.alt, image.credit) == ("images/isle.png", "The isle", "Ana")
    for words in (
        "read a.md",
        "sent by Ana Ruiz",
        "import.rights",
        "mailer check trial",
        "new issues/trial/images/",
    ):
        assert words in result.output
    assert "ana@example.org" not in result.output + text_of(workspace)


def a_tracked_word_file(path: Path) -> None:
    document = docx.Document()
    document.add_heading("Saiga count", 1)
    paragraph = document.add_paragraph("Counts began on ")
    who = f'{nsdecls("w")} w:author="Petra" w:date="2016-12-01T00:00:00Z"'
    changes: Any = paragraph._p
    for number, xml in enumerate(
        (
            "<w:del {}><w:r><w:delText>26</w:delText></w:r></w:del>",
            "<w:ins {}><w:r><w:t>24</w:t></w:r></w:ins>",
        )
    ):
        changes.append(parse_xml(xml.format(f'{who} w:id="{number + 1}"')))
    paragraph.add_run(" April.")
    document.save(str(path))


@pytest.mark.parametrize(
    ("decide", "words", "done"),
    [
        ("keep", "Counts began on {~~26~>24~~} April.", "stop"),
        ("accept", "Counts began on 24 April.", "accepted 26 → 24"),
        ("reject", "Counts began on 26 April.", "rejected 26 → 24"),
    ],
)
def test_changes_tracked_in_word_are_settled_only_where_that_is_asked_for(
    workspace: Workspace, tmp_path: Path, decide: str, words: str, done: str
) -> None:
    a_tracked_word_file(tmp_path / "count.docx")
    result = mailer(workspace, "import", str(tmp_path / "count.docx"), "--into", "trial", "--decide", decide)
    assert result.exit_code == 0, result.output
    assert trial(workspace).item("saiga-count").body == f"{words}\n"
    assert done in result.output
    assert "26 → 24" in result.output or "Petra" in result.output


def test_a_dry_run_shows_all_and_writes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# One\n\nNew words.\n", encoding="utf-8")
    before = everything(workspace.root)
    result = mailer(
        workspace, "import", str(tmp_path / "a.md"), "--into", "trial", "--replace", "one", "--dry-run"
    )
    assert result.exit_code == 0, result.output
    assert "-    body: Words of one." in result.output
    assert "Nothing was written" in result.output
    assert everything(workspace.root) == before


def test_for_programs_it_is_one_json_value(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "b.eml").write_bytes(a_mail())
    result = mailer(workspace, "import", str(tmp_path / "b.eml"), "--new", "next", "--format", "json")
    said = json.loads(result.output)
    assert (said["issue"], said["new"], said["written"]) == ("next", True, True)
    assert said["photos"][0]["missing"] == ["alt", "credit", "rights"]
    assert {"rule", "severity", "item", "message"} <= said["findings"][0].keys()


def test_photos_are_asked_about_at_a_terminal_only(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = Photo(name="a.jpg", content=a_photo(artist="Jo Doe"))
    plan = plan_import(workspace, [sent(piece("A", "x", photo))], into="trial")
    monkeypatch.setattr("typer.prompt", lambda question, **_: "=" if "Jo Doe" in question else "")
    assert asked_about(plan) == {(0, 0, 0): {"credit": "Jo Doe"}}


def bad_files(folder: Path) -> dict[str, str]:
    """Name → what is said of it."""
    (folder / "empty.docx").touch()
    (folder / "old.docx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"WordDocument".ljust(2000, b"\0")
    )
    (folder / "locked.docx").write_bytes(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le").ljust(2000, b"\0")
    )
    (folder / "damaged.docx").write_bytes(b"PK\x03\x04" + b"\xff" * 500)
    (folder / "a.doc").write_bytes(b"words")
    (folder / "a.pdf").write_bytes(b"%PDF-1.7")
    with (folder / "huge.docx").open("wb") as file:
        file.truncate(200_000_000)
    os.mkfifo(folder / "pipe.eml")
    (folder / "folder.md").mkdir()
    return {
        "empty.docx": "empty",
        "old.docx": "",
        "locked.docx": "password",
        "damaged.docx": "",
        "a.doc": ".doc",
        "a.pdf": "PDF",
        "huge.docx": "larger than 64 MB",
        "pipe.eml": "pipe",
        "folder.md": "folder",
        "missing.md": "does not exist",
    }


def test_every_file_that_cannot_be_read_is_named_with_what_to_do_and_nothing_is_written(
    workspace: Workspace, tmp_path: Path
) -> None:
    (tmp_path / "sent").mkdir()
    said = bad_files(tmp_path / "sent")
    (tmp_path / "sent" / "good.md").write_text("# Good\n\nWords.\n", encoding="utf-8")
    before = everything(workspace.root)
    paths = [tmp_path / "sent" / name for name in (*said, "good.md")]
    with pytest.raises(ProblemsError) as caught:
        read_sent([*paths, Path("/dev/zero"), paths[0]])
    told = {Path(problem.file).name: problem for problem in caught.value.problems}
    assert told.keys() == {*said, "zero"}
    for name, words in said.items():
        assert words.casefold() in str(told[name]).casefold(), name
        assert told[name].hint, name
    assert "is named twice." in {problem.message for problem in caught.value.problems}
    result = mailer(workspace, "import", *map(str, paths), "--into", "trial")
    assert result.exit_code != 0
    assert everything(workspace.root) == before


def test_too_many_or_too_much_at_once_is_refused_unread(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="41 files"):
        read_sent([tmp_path / f"{number}.md" for number in range(41)])
    for number in range(3):
        with (tmp_path / f"{number}.md").open("wb") as file:
            file.truncate(60_000_000)
    with pytest.raises(ProblemsError, match="more than 128 MB, all files together"):
        read_sent([tmp_path / f"{number}.md" for number in range(3)])


def test_pictures_beside_a_markdown_file_never_come_from_outside_its_folder(
    workspace: Workspace, tmp_path: Path
) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (tmp_path / "secret.jpg").write_bytes(JPEG)
    (inside / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    words = "# A\n\nx\n\n![a](../secret.jpg)\n\n![b](link.jpg)\n\n![c](/etc/passwd)\n"
    (inside / "a.md").write_text(words, encoding="utf-8")
    (found,) = read_sent([inside / "a.md"])
    assert not [photo for each in found.pieces for photo in each.photos]
    assert found.doubts


def test_files_at_hand_are_read_in_the_same_way() -> None:
    (found,) = read_given([("a.md", b"# A\n\nWords.\n")])
    assert [each.title for each in found.pieces] == ["A"]
    with pytest.raises(ProblemsError, match="empty"):
        read_given([("a.md", b"# A"), ("b.docx", b"")])


def test_pictures_given_with_a_markdown_file_are_its_own_and_others_are_told_of() -> None:
    text = b"# A\n\nx\n\n![The isle](photos/isle.jpg)\n"
    (found,) = read_given([("isle.jpg", JPEG), ("a.md", text)])
    assert [(photo.alt, photo.content) for photo in found.pieces[0].photos] == [("The isle", JPEG)]
    with pytest.raises(ProblemsError, match=r"other\.jpg: is a picture alone"):
        read_given([("isle.jpg", JPEG), ("a.md", text), ("other.jpg", JPEG)])


# Beside what else an issue can be


def test_items_that_issues_share_stay_at_the_end_and_are_changed_in_their_own_file(
    workspace: Workspace,
) -> None:
    shared = workspace.issues / "shared"
    shared.mkdir()
    (shared / "about-us.yaml").write_text("kind: about\ntitle: About us\n", encoding="utf-8")
    path = workspace.issues / "trial" / "issue.yaml"
    path.write_text(TRIAL.partition("  - id: about\n")[0] + "  - shared: about-us\n", encoding="utf-8")
    put(workspace, sent(piece("About us"), piece("Saiga day")))
    ids = [item.id for item in trial(workspace).items]
    assert ids == ["one", "about-us-2", "saiga-day", "contact", "about-us"]
    with pytest.raises(UsageError, match="share") as caught:
        plan_import(workspace, [sent(piece())], into="trial", replace=["about-us"])
    assert "issues/shared/about-us.yaml" in caught.value.hint


def test_a_file_from_windows_stays_one(workspace: Workspace) -> None:
    path = workspace.issues / "trial" / "issue.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + TRIAL.replace("\n", "\r\n").encode())
    put(workspace, sent(piece("One", "New.\n\nWords.")), replace=["one"])
    put(workspace, sent(piece()))
    written = path.read_bytes()
    assert written.startswith(b"\xef\xbb\xbf#")
    assert written.count(b"\n") == written.count(b"\r\n")
    assert trial(workspace).item("one").body == "New.\n\nWords.\n"


def test_an_undecided_title_gives_the_name_of_what_it_may_become(workspace: Workspace) -> None:
    plan = plan_import(workspace, [sent(piece("Saiga {~~day~>week~~}"))], into="trial")
    assert (plan.items[0].id, plan.items[0].title) == ("saiga-week", "Saiga {~~day~>week~~}")


def test_that_an_issue_has_been_sent_is_said(workspace: Workspace) -> None:
    receipt = Receipt(
        id="d1",
        digest="0" * 64,
        ledger="l",
        finished_at=datetime(2016, 12, 19, tzinfo=UTC),
        counts={"accepted": 1},
        relay="office",
        segments=("everyone",),
    )
    add_receipt(workspace.issues / "trial", receipt)
    plan = plan_import(workspace, [sent(piece())], into="trial")
    assert ("import.sent", None) in rules(plan)


def test_where_it_goes_is_asked_plainly(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="Say into which issue"):
        plan_import(workspace, [sent(piece())])
    with pytest.raises(UsageError, match="name two issues"):
        plan_import(workspace, [sent(piece())], into="trial", new="other")


def test_a_long_comment_is_said_once(workspace: Workspace) -> None:
    words = "Is that so? Ask the boss, " + "and whoever else may know of it " * 4
    document = docx.Document()
    run = document.add_paragraph("It ends on ").add_run("24 April.")
    document.add_comment(run, words, author="Ann", initials="A")
    content = io.BytesIO()
    document.save(content)
    plan = plan_import(workspace, read_given([("a.docx", content.getvalue())]), into="trial")
    [comment] = [each for each in plan.findings if each.rule == "import.comment"]
    assert comment.message == f'paragraph 1: Ann says at "24 April.": {words.strip()}'
