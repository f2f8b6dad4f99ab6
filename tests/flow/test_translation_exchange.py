"""Translations go out to people who do not see YAML, and come back."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from mailer.config import Workspace, open_workspace
from mailer.content import read_issue
from mailer.content.exchange import (
    Cover,
    Mark,
    Piece,
    as_sent,
    read_returned,
    translation_docx,
    translation_xliff,
)
from mailer.content.exchange.pieces import digest_of
from mailer.errors import MailerError, UsageError
from mailer.flow.translation_exchange import (
    TranslationReturn,
    export_translation,
    plan_return,
    write_return,
)
from mailer.flow.translation_words import word_troubles

ROOT = Path(__file__).parents[2]
SLUG = "2016-12-cami"
X = "{urn:oasis:names:tc:xliff:document:2.0}"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    for name in ("issues", "templates"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "mailer.toml", tmp_path)
    return open_workspace(tmp_path)


@pytest.fixture(scope="module")
def exported() -> dict[tuple[str, str], bytes]:
    standing = open_workspace(ROOT)
    forms = ("docx", "xliff")
    return {
        (tag, form): export_translation(standing, SLUG, tag, form) for tag in ("ru", "fr") for form in forms
    }  # type: ignore[arg-type]


def overlay(workspace: Workspace, language: str = "fr") -> Path:
    return workspace.issues / SLUG / f"issue.{language}.yaml"


def row_of(document: Any, key: str) -> Any:
    for row in document.element.body.iter(qn("w:tr")):
        text = "".join(each.text or "" for each in row.iter(qn("w:t")))
        if f"{key} " in text:
            return row
    raise KeyError(key)


def write_in(row: Any, words: str, column: int = 2) -> None:
    cell = list(row.iterchildren(qn("w:tc")))[column]
    paragraphs = list(cell.iterchildren(qn("w:p")))
    for each in paragraphs[1:]:
        cell.remove(each)
    for run in list(paragraphs[0].iterchildren(qn("w:r"))):
        paragraphs[0].remove(run)
    run = paragraphs[0].makeelement(qn("w:r"), {})
    text = run.makeelement(qn("w:t"), {})
    text.text = words
    run.append(text)
    paragraphs[0].insert(1, run)


def changed(content: bytes, change: Callable[[Any], None]) -> bytes:
    document = Document(BytesIO(content))
    change(document)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def filled(content: bytes, key: str, words: str) -> bytes:
    return changed(content, lambda document: write_in(row_of(document, key), words))


def rules(plan: TranslationReturn, severity: str = "") -> set[str]:
    return {each.rule for each in plan.findings if severity in ("", each.severity)}


@pytest.mark.parametrize("form", ["docx", "xliff"])
@pytest.mark.parametrize("language", ["ru", "fr"])
def test_the_sample_comes_back_as_it_went_without_a_word(
    workspace: Workspace, exported: dict[tuple[str, str], bytes], language: str, form: str
) -> None:
    before = overlay(workspace, language).read_bytes()
    plan = plan_return(workspace, exported[language, form], "a")
    write_return(workspace, plan)
    assert (plan.findings, plan.changes, plan.files) == ((), (), ())
    assert overlay(workspace, language).read_bytes() == before


@pytest.mark.parametrize("form", ["docx", "xliff"])
def test_a_file_that_is_filled_from_nothing_makes_the_same_translation(
    workspace: Workspace, exported: dict[tuple[str, str], bytes], form: str
) -> None:
    russian = read_issue(workspace.issues / SLUG, workspace.root).translations["ru"]
    overlay(workspace, "ru").unlink()
    plan = plan_return(workspace, exported["ru", form], "a", theirs=True)
    write_return(workspace, plan)
    again = read_issue(workspace.issues / SLUG, workspace.root).translations["ru"]
    assert {key: item.item for key, item in again.items.items()} == {
        key: item.item for key, item in russian.items.items()
    }
    assert (again.head, again.source) == (russian.head, russian.source)
    assert {item.source for item in again.items.values()} == {item.source for item in russian.items.values()}
    assert overlay(workspace, "ru").read_text().startswith("# yaml-language-server")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_keeps_words_protection_and_marks(
    workspace: Workspace, exported: dict[tuple[str, str], bytes], tmp_path: Path
) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    inside.mkdir()
    for language in ("ru", "fr"):
        (inside / f"{language}.docx").write_bytes(exported[language, "docx"])
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    files = [str(path) for path in sorted(inside.iterdir())]
    command = ["soffice", profile, "--headless", "--convert-to", "docx", "--outdir", str(outside), *files]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    for language in ("ru", "fr"):
        content = (outside / f"{language}.docx").read_bytes()
        plan = plan_return(workspace, content, "a")
        assert (plan.findings, plan.changes) == ((), ())
        parts = ZipFile(BytesIO(content))
        assert b'w:edit="readOnly" w:enforcement="1"' in parts.read("word/settings.xml")
        assert parts.read("word/document.xml").count(b"<w:permStart") >= plan.same + plan.empty


def test_one_changed_word_changes_one_line_of_the_file(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    path = overlay(workspace)
    path.write_text(
        "# mine\n" + path.read_text().replace("title: Meilleurs vœux", "title:   'Meilleurs vœux'  # ici")
    )
    before = path.read_text().splitlines()
    content = filled(exported["fr", "docx"], "greetings.title", "Bonne année")
    plan = plan_return(workspace, content, "a", by="A. Dupont")
    write_return(workspace, plan)
    after = path.read_text().splitlines()
    assert "# mine" in after
    gone, new = [each for each in before if each not in after], [each for each in after if each not in before]
    assert gone == ["    title:   'Meilleurs vœux'  # ici"]
    assert new[:2] == ["translators:", "  - A. Dupont"]
    assert "Bonne année" in new[2]
    assert "# ici" in new[2]


def test_new_pieces_come_in_at_their_places_with_the_source_noted(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    content = filled(exported["fr", "docx"], "iucn-ecaro.title", "Le bureau de l’UICN")
    plan = plan_return(workspace, content, "a")
    assert plan.stamped == ("iucn-ecaro",)
    write_return(workspace, plan)
    file = read_issue(workspace.issues / SLUG, workspace.root)
    assert file.translations["fr"].items["iucn-ecaro"].item.title == "Le bureau de l’UICN"
    assert (
        overlay(workspace)
        .read_text()
        .startswith((ROOT / "issues" / SLUG / "issue.fr.yaml").read_text().rstrip())
    )


def test_rows_may_be_sorted_and_are_missed_where_they_are_removed(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    def shuffle(document: Any) -> None:
        table = document.element.body.find(qn("w:tbl"))
        rows = list(table.iterchildren(qn("w:tr")))[1:]
        for row in reversed(rows):
            table.append(row)
        table.remove(row_of(document, "greetings.title"))

    plan = plan_return(workspace, changed(exported["fr", "docx"], shuffle), "a")
    assert not plan.changes
    assert rules(plan) == {"translation.missing-row"}
    assert [(each.item, each.field) for each in plan.findings] == [("greetings", "title")]


def test_items_newer_than_the_file_are_told_in_one_line(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    path = workspace.issues / SLUG / "issue.yaml"
    new = "".join(f"  - id: new-{n}\n    kind: article\n    title: New\n    body: Words.\n" for n in (1, 2))
    path.write_text(
        path.read_text(encoding="utf-8").replace("\nitems:\n", f"\nitems:\n{new}"), encoding="utf-8"
    )
    plan = plan_return(workspace, exported["fr", "docx"], "a")
    [newer] = [each for each in plan.findings if each.rule == "translation.missing-row"]
    assert newer.item is None
    assert newer.message == (
        "2 items are newer than the file that was sent out, and stay without a translation: new-1, new-2."
    )


def test_what_a_word_processor_may_leave_behind_is_told_and_kept_out(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    def spoil(document: Any) -> None:
        doubled = row_of(document, "greetings.title")
        again = etree.fromstring(etree.tostring(doubled))
        doubled.addnext(again)
        write_in(again, "Autre chose")
        tracked = row_of(document, "staff-change.title")
        write_in(tracked, "Du nouveau")
        run = next(list(tracked.iterchildren(qn("w:tc")))[2].iter(qn("w:r")))
        mark = run.makeelement(qn("w:ins"), {qn("w:id"): "9", qn("w:author"): "B"})
        run.addprevious(mark)
        mark.append(run)
        merged = row_of(document, "reporting-reminder.title")
        merged.remove(list(merged.iterchildren(qn("w:tc")))[1])
        stray = etree.fromstring(etree.tostring(doubled))
        for text in list(stray.iter(qn("w:t")))[:3]:
            text.text = ""
        write_in(stray, "other", 1)
        write_in(stray, "Une ligne de plus")
        doubled.addprevious(stray)
        write_in(row_of(document, "editors-note.title"), "")
        write_in(row_of(document, "save-the-date-cop12.title"), "COP12", 1)

    plan = plan_return(workspace, changed(exported["fr", "docx"], spoil), "a")
    assert rules(plan, "stop") == {
        "translation.double-row",
        "translation.tracked-change",
        "translation.merged-cells",
        "translation.emptied",
    }
    assert rules(plan, "warn") == {"translation.extra-row", "translation.source-column"}
    assert plan.files == ()
    assert any("Du nouveau" in each.message for each in plan.findings)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("[sur le site](https://www.iucn.org/ecaro", "translation.link-broken"),
        ("sans adresse", "translation.link-lost"),
        ("[sur le site](https://evil.example/ecaro)", "translation.link-lost"),
    ],
)
def test_a_broken_link_keeps_its_piece_out_and_the_rest_goes_in(
    workspace: Workspace, exported: dict[tuple[str, str], bytes], words: str, rule: str
) -> None:
    content = filled(exported["ru", "docx"], "iucn-ecaro.body", words)
    plan = plan_return(workspace, filled(content, "greetings.title", "С праздником!"), "a")
    assert rule in rules(plan, "stop")
    assert plan.kept_out == ("iucn-ecaro.body",)
    assert [each.field for each in plan.changes] == ["title"]


def piece(source: str) -> Piece:
    return Piece("a", "body", source, "", "new", Mark("0" * 12, "", "0" * 12))


@pytest.mark.parametrize(
    ("source", "words", "language", "found"),
    [
        ("By 24 April 2017", "Не позднее 24 апреля 2017 г.", "ru", set()),
        ("By 24 April 2017", "Не позднее 26 апреля 2017 г.", "ru", {"translation.dates"}),
        ("In November 2016", "В ноябре 2016 года", "ru", set()),
        ("1,234.5 km and 12,000 people", "1 234,5 км и 12 000 человек", "ru", set()),
        ("1,234.5 km", "1 234,6 km", "fr", {"translation.numbers"}),
        ("15 species, 3.5 m", "١٥ نوعا، ٣٫٥ م", "ar", set()),
        ("On 5 July 2016", "2016 жылғы 5 шілде", "kk", {"translation.dates", "translation.numbers"}),
        ("Dear {{name}}", "Cher", "fr", {"translation.field-lost"}),
        ("in {{country|your country}}", "dans {{country_in|votre pays}}", "fr", set()),
        ("in {{country|your country}}", "dans {{country_in}}", "fr", {"translation.field-default"}),
        ("Dear {{name}}", "Cher {{name}} {{nom}}", "fr", {"translation.field-unknown"}),
        ("Dear {{name}}", "Cher {{name}} {{Nom}}", "fr", {"translation.field-broken"}),
        ("[a](https://example.org/en/)", "[b](https://example.org/fr/)", "fr", {"translation.link-changed"}),
        ("[a](https://example.org/)", "[b] (https://example.org/)", "fr", set()),
        ("Some words", "Some words", "fr", {"translation.untranslated"}),
        ("Some words", "Des  mots", "fr", {"translation.double-space"}),
    ],
)
def test_links_fields_days_and_numbers_are_compared(
    source: str, words: str, language: str, found: set[str]
) -> None:
    assert {each.rule for each in word_troubles(piece(source), words, "en", language)} == found


def test_the_standing_translations_of_the_sample_have_no_stop_and_hardly_a_warning() -> None:
    from mailer.content.exchange import pieces_of

    file = read_issue(ROOT / "issues" / SLUG, ROOT)
    for language in ("ru", "fr"):
        found = [
            trouble
            for each in pieces_of(file, language)
            if each.present
            for trouble in word_troubles(each, each.present, "en", language)
        ]
        assert sum(each.severity == "warn" for each in found) <= 1
        assert not any(each.severity == "stop" for each in found)


def test_a_changed_source_lets_words_in_and_leaves_them_stale(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    source = workspace.issues / SLUG / "issue.yaml"
    source.write_text(
        source.read_text().replace("title: National reports for COP12", "title: Reports for COP12")
    )
    content = filled(exported["fr", "docx"], "reporting-reminder.title", "Les rapports pour la COP12")
    plan = plan_return(workspace, content, "a")
    assert rules(plan) == {"translation.stale", "translation.still-stale"} - {"translation.still-stale"}
    assert plan.stale == ("reporting-reminder",)
    write_return(workspace, plan)
    from mailer.model.translation import progress_of

    file = read_issue(workspace.issues / SLUG, workspace.root)
    assert "reporting-reminder" in progress_of(file.issue, file.translations["fr"]).stale


def test_words_that_changed_here_meanwhile_are_not_replaced_unless_asked(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    content = filled(exported["fr", "docx"], "greetings.title", "Bonne année")
    path = overlay(workspace)
    path.write_text(path.read_text().replace("title: Meilleurs vœux", "title: Tous nos vœux"))
    plan = plan_return(workspace, content, "a")
    assert rules(plan, "stop") == {"translation.conflict"}
    assert plan.files == ()
    assert plan_return(workspace, exported["fr", "docx"], "a").files == ()
    write_return(workspace, plan_return(workspace, content, "a", theirs=True))
    assert "Bonne année" in path.read_text()


def without_mark(document: Any, key: str) -> None:
    for text in row_of(document, key).iter(qn("w:t")):
        text.text = re.sub(r" [0-9a-f]{12}\.\S+", "", text.text or "")


def test_words_of_unknown_age_do_not_replace_others_unless_asked(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    def lose(document: Any) -> None:
        write_in(row_of(document, "greetings.title"), "Bonne année")
        write_in(row_of(document, "iucn-ecaro.title"), "Le bureau de l’UICN")
        for key in ("greetings.title", "iucn-ecaro.title", "editors-note.title"):
            without_mark(document, key)

    content = changed(exported["fr", "docx"], lose)
    plan = plan_return(workspace, content, "a")
    [stop] = [each for each in plan.findings if each.severity == "stop"]
    assert (stop.rule, stop.item) == ("translation.mark-lost", "greetings")
    assert "Meilleurs vœux" in stop.message
    assert "Bonne année" in stop.message
    assert plan.kept_out == ("greetings.title",)
    assert [each.after for each in plan.changes] == ["Le bureau de l’UICN"]
    plan = plan_return(workspace, content, "a", theirs=True)
    assert {each.after for each in plan.changes} == {"Bonne année", "Le bureau de l’UICN"}
    assert rules(plan, "warn") == {"translation.mark-lost"}


def test_each_of_many_foreign_units_is_told_and_none_is_taken(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    unit = '<unit id="zz{0}"><segment><source>s{0}</source><target>t</target></segment></unit>'
    units = "".join(map(unit.format, range(300)))
    content = exported["fr", "xliff"].decode().replace("</file>", f"{units}</file>").encode()
    plan = plan_return(workspace, content, "a")
    assert [each.rule for each in plan.findings] == ["translation.extra-row"] * 300
    assert plan.files == ()


def test_rows_of_another_issue_that_were_pasted_in_are_told_and_not_taken(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    source = workspace.issues / SLUG / "issue.yaml"
    text = source.read_text()
    source.write_text(text.replace("title: National reports for COP12", "title: Reports for COP12"))
    foreign = Document(BytesIO(export_translation(workspace, SLUG, "fr")))
    source.write_text(text)
    theirs = row_of(foreign, "reporting-reminder.title")
    write_in(theirs, "Les rapports pour la COP12")

    def paste(document: Any) -> None:
        row_of(document, "greetings.title").addnext(etree.fromstring(etree.tostring(theirs)))

    plan = plan_return(workspace, changed(exported["fr", "docx"], paste), "a")
    assert "reporting-reminder.title" in plan.kept_out
    assert rules(plan, "stop") == {"translation.double-row"}
    assert plan.files == ()


def test_a_row_of_another_issue_in_the_place_of_ours_is_kept_out(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    source = workspace.issues / SLUG / "issue.yaml"
    text = source.read_text()
    source.write_text(text.replace("and nothing but the best for 2017!", "and that is all."))
    assert source.read_text() != text
    theirs = row_of(Document(BytesIO(export_translation(workspace, SLUG, "fr"))), "greetings.title")
    source.write_text(text)
    write_in(theirs, "Autre chose")

    def replace(document: Any) -> None:
        row = row_of(document, "greetings.title")
        row.addnext(etree.fromstring(etree.tostring(theirs)))
        row.getparent().remove(row)

    plan = plan_return(workspace, changed(exported["fr", "docx"], replace), "a")
    assert rules(plan, "stop") == {"translation.other-file"}
    assert (plan.kept_out, plan.files) == (("greetings.title",), ())


def test_joined_rows_swapped_columns_and_tables_in_cells_are_kept_out_and_no_row_is_overlooked(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    def cells(document: Any, key: str) -> list[Any]:
        return list(row_of(document, key).iterchildren(qn("w:tc")))

    def spoil(document: Any) -> None:
        title, body = cells(document, "iucn-ecaro.title"), cells(document, "iucn-ecaro.body")
        write_in(row_of(document, "iucn-ecaro.title"), "Le bureau")
        for one, other in zip(title, body, strict=True):
            one.extend(list(other.iterchildren(qn("w:p"))))
        body[0].getparent().remove(body[0])
        swapped = cells(document, "staff-change.title")
        swapped[1].addprevious(swapped[2])
        row = row_of(document, "greetings.title")
        write_in(row, "Bonne année")
        form = row.makeelement(qn("w:trPr"), {})
        form.append(row.makeelement(qn("w:tblHeader"), {}))
        row.insert(0, form)
        table = etree.tostring(document.element.body.find(qn("w:tbl")))
        cells(document, "editors-note.title")[2].insert(1, etree.fromstring(table))

    plan = plan_return(workspace, changed(exported["fr", "docx"], spoil), "a")
    assert {(each.rule, each.item) for each in plan.findings if each.severity == "stop"} >= {
        ("translation.merged-cells", "iucn-ecaro"),
        ("translation.swapped-columns", "staff-change"),
        ("translation.not-words", "editors-note"),
    }
    assert [each.after for each in plan.changes] == ["Bonne année"]


def test_a_translator_is_added_once_however_the_name_is_written(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    for number, by in enumerate(("A. Dupont", "a. dupont ", "A.  Dupont", "Bo  Li")):
        content = filled(exported["fr", "docx"], "greetings.title", f"Bonne année {number}")
        write_return(workspace, plan_return(workspace, content, "a", theirs=True, by=by))
    file = read_issue(workspace.issues / SLUG, workspace.root)
    assert file.translations["fr"].translators == ("A. Dupont", "Bo Li")
    with pytest.raises(UsageError, match="cannot be seen"):
        plan_return(workspace, exported["fr", "docx"], "a", by="A.\u200b Dupont")


def test_nothing_is_written_where_the_file_has_changed_since_it_was_planned(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    plan = plan_return(workspace, filled(exported["fr", "docx"], "greetings.title", "Bonne année"), "a")
    path = overlay(workspace)
    path.write_text(path.read_text() + "# later\n")
    with pytest.raises(MailerError, match="has changed meanwhile"):
        write_return(workspace, plan)
    assert path.read_text().endswith("# later\n")


def zipped(**parts: bytes) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


RELS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    b'Target="word/document.xml"/></Relationships>'
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "is a PDF"),
        (rb"{\rtf1 a}", "Rich Text"),
        (OLE, r"old kind \(\.doc\)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (zipped(**{"mimetype": b"a", "content.xml": b"<a/>"}), "OpenDocument"),
        (zipped(**{"a.txt": b"a"}), "no Word document"),
        (zipped(**{"_rels/.rels": b"<a/>", "xl/workbook.xml": b"<a/>"}), "no Word document"),
        (zipped(**{"_rels/.rels": RELS, "word/document.xml": b"<a>" + b" " * 50_000_000}), "refused unread"),
        (zipped(**{"_rels/.rels": RELS, "word/document.xml": b"<!DOCTYPE a><a/>"}), "DOCTYPE"),
        (zipped(**{"_rels/.rels": RELS, "word/document.xml": b"<a/>"}), "does not say of which issue"),
        (zipped(**{"_rels/.rels": RELS, "word/document.xml": b"<a>"}), "damaged"),
        (b"PK\x03\x04 nothing", "damaged"),
        (b'<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"/>', "XLIFF 1.2"),
        (
            b'<xliff version="2.0" xmlns="urn:oasis:names:tc:xliff:document:2.0"/>',
            "does not say of which issue",
        ),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "DOCTYPE"),
        (b"<a><b></a>", "damaged"),
        (b"words", "neither"),
        (b"a" * 20_000_001, "larger than 20 MB"),
    ],
)
def test_other_files_are_refused_by_name(workspace: Workspace, content: bytes, says: str) -> None:
    with pytest.raises(MailerError, match=says):
        plan_return(workspace, content, "a.docx")


def test_a_file_of_another_issue_is_refused_whatever_its_name(
    workspace: Workspace, exported: dict[tuple[str, str], bytes]
) -> None:
    source = workspace.issues / SLUG / "issue.yaml"
    shutil.copytree(workspace.issues / SLUG, workspace.issues / "other")
    other = workspace.issues / "other" / "issue.yaml"
    other.write_text(other.read_text().replace("id: cami-newsletter-2016-12", "id: another"))
    with pytest.raises(MailerError, match=f"translation of {SLUG}, not of other"):
        plan_return(workspace, exported["fr", "docx"], "other.fr.docx", slug="other")
    source.write_text(source.read_text().replace("id: cami-newsletter-2016-12", "id: new"))
    with pytest.raises(MailerError, match="which is not here"):
        plan_return(workspace, exported["fr", "xliff"], "a")


def test_the_xliff_keeps_the_rules_of_its_schema(exported: dict[tuple[str, str], bytes]) -> None:
    root = etree.fromstring(exported["ru", "xliff"])
    assert (root.get("version"), root.get("srcLang"), root.get("trgLang")) == ("2.1", "en", "ru")
    units = [unit.get("id") for unit in root.iter(f"{X}unit")]
    assert len(set(units)) == len(units)
    assert all(re.fullmatch(r"[\w.:-]+", name) for name in units)
    for unit in root.iter(f"{X}unit"):
        data = [each.get("id") for each in unit.iter(f"{X}data")]
        assert len(set(data)) == len(data)
        order = [etree.QName(each).localname for each in unit]
        assert order == [name for name in ("notes", "originalData", "segment") if name in order]
        segment = unit.find(f"{X}segment")
        assert segment.get("state") in ("initial", "translated")
        for side in segment:
            codes = [each.get("id") for each in side.iter(f"{X}ph")]
            assert len(set(codes)) == len(codes)
            assert {each.get("dataRef") for each in side.iter(f"{X}ph")} <= set(data)


def test_an_address_and_a_field_are_codes_in_xliff(exported: dict[tuple[str, str], bytes]) -> None:
    text = exported["ru", "xliff"].decode()
    assert '<data id="d1" xml:space="preserve">{{salutation}}</data>' in text
    assert "](https://www.iucn.org/ecaro)</data>" in text


def test_a_stale_piece_that_a_translation_program_confirms_is_noted(workspace: Workspace) -> None:
    source = workspace.issues / SLUG / "issue.yaml"
    source.write_text(
        source.read_text().replace("title: National reports for COP12", "title: Reports for COP12")
    )
    content = export_translation(workspace, SLUG, "fr", "xliff")
    assert b'subState="mailer:stale"' in content
    assert rules(plan_return(workspace, content, "a")) == {"translation.still-stale"}
    confirmed = content.replace(b'state="initial" subState="mailer:stale"', b'state="reviewed"')
    plan = plan_return(workspace, confirmed, "a")
    assert (plan.stamped, plan.findings) == (("reporting-reminder",), ())


WORDS = st.text(
    st.one_of(
        st.characters(exclude_categories=("Cc", "Cs", "Cn")), st.sampled_from(" \n\t|<>&]*[]{}()ء\u200f😀- ")
    ),
    max_size=60,
).map(as_sent)


@given(
    source=WORDS,
    present=WORDS,
    more=st.sampled_from(["", "]]>", "{{name|a}}", "[a](https://example.org/?a=1&b=2)"]),
)
@settings(deadline=None, max_examples=25)
def test_any_words_survive_both_forms(source: str, present: str, more: str) -> None:
    mark = Mark("0" * 12, digest_of(present), "1" * 12)
    sent = Piece("an-item", "links[0].text", source + more, (present + more).strip("\n"), "done", mark)
    cover = Cover("an-issue", "An Issue", date(2016, 12, 19), "en", "ar", "Desk <a@example.org>")
    for make in (translation_docx, translation_xliff):
        row = read_returned(make(cover, [sent]), "a").rows[0]
        assert (row.key, row.source, row.words, row.mark) == (sent.key, sent.source, sent.present, sent.mark)


def test_the_commands_export_and_import(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    from mailer.cli.entry import run

    base = ["-w", str(workspace.root), "translate"]
    assert run([*base, "export", SLUG, "fr"]) == 0
    made = workspace.build / SLUG / f"{SLUG}.fr.docx"
    made.write_bytes(filled(made.read_bytes(), "greetings.title", "Bonne année"))
    assert run([*base, "import", str(made), "--dry-run"]) == 0
    assert "+ Bonne année" in capsys.readouterr().out
    assert "Bonne année" not in overlay(workspace).read_text()
    assert run([*base, "import", str(made), "--by", "A. Dupont"]) == 0
    assert "Bonne année" in overlay(workspace).read_text()
    assert "A. Dupont" in overlay(workspace).read_text()
