"""What is remembered never hides a change: each edit shows at once, and workspaces do not mix."""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from mailer.config import open_workspace
from mailer.flow import Composed, compose_issue, read_people
from mailer.flow import desk as desk_module
from mailer.flow.stamps import stamp_of
from mailer.flow.starter import SAMPLE, make_workspace
from mailer.studio.desk import Desk

SECRET = b"s" * 32


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample workspace; each test puts back what it changed."""
    return make_workspace(tmp_path_factory.mktemp("again") / "office", sample=True).root


def compose(root: Path) -> Composed:
    return compose_issue(open_workspace(root), SAMPLE, secret=SECRET)


def pages(composed: Composed, language: str) -> list[str]:
    return [one.html for one in composed.renditions if one.variant.language == language]


def swap(path: Path, old: str, new: str) -> Callable[[], None]:
    """Write other words into a file; returns what puts the old ones back."""
    before = path.read_text(encoding="utf-8")
    assert old in before, f"{path} has no {old!r}"
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    return lambda: path.write_text(before, encoding="utf-8") and None


EDITS: dict[str, tuple[str, str, str, str]] = {
    "an item": (
        f"issues/{SAMPLE}/issue.yaml",
        "We hope that it is of use",
        "We trust that it is of use",
        "en",
    ),
    "the subject": (f"issues/{SAMPLE}/issue.yaml", "New partners, new dates", "New friends, new dates", "en"),
    "a translation": (f"issues/{SAMPLE}/issue.ru.yaml", "О чём этот выпуск", "О чём этот номер", "ru"),
    "the theme": ("templates/newsletter/theme.yaml", 'card: "#ffffff"', 'card: "#fefefe"', "en"),
    "a fixed string": ("templates/newsletter/strings.en.yaml", "Unsubscribe", "Leave", "en"),
}


@pytest.mark.parametrize("what", EDITS)
def test_an_edit_shows_at_once_and_its_undoing_too(sample: Path, what: str) -> None:
    file, old, new, language = EDITS[what]
    before = compose(sample)
    undo = swap(sample / file, old, new)
    try:
        after = compose(sample)
    finally:
        undo()
    wanted = re.search(r"#[0-9a-f]{6}", new)
    words = wanted[0] if wanted else new
    assert not any(words in page for page in pages(before, language))
    assert any(words in page for page in pages(after, language))
    assert pages(compose(sample), language) == pages(before, language)


def test_a_template_file_shows_at_once(sample: Path) -> None:
    path = sample / "templates" / "newsletter" / "items" / "announcement.mjml.j2"
    before = path.read_text(encoding="utf-8")
    path.write_text(before + "<p>Added to every announcement</p>\n", encoding="utf-8")
    try:
        assert any("Added to every announcement" in page for page in pages(compose(sample), "en"))
    finally:
        path.write_text(before, encoding="utf-8")
    assert not any("Added to every announcement" in page for page in pages(compose(sample), "en"))


def test_a_picture_shows_at_once(sample: Path) -> None:
    folder = sample / "issues" / SAMPLE / "images"
    path = sorted(folder.iterdir())[0]
    before, old = path.read_bytes(), {p.sha256 for one in compose(sample).renditions for p in one.pictures}
    Image.new("RGB", (1200, 700), "purple").save(path)
    try:
        new = {p.sha256 for one in compose(sample).renditions for p in one.pictures}
    finally:
        path.write_bytes(before)
    assert new != old
    assert {p.sha256 for one in compose(sample).renditions for p in one.pictures} == old


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("contacts.csv", "@example.org", ".x@example.org"),
        ("segments.yaml", "title: ", "title: Renamed "),
        ("countries.yaml", "iso2: KZ\n", "iso2: KZ\n    names: {en: Republic of Kazakhstan}\n"),
        ("species.yaml", "en: ", "en: Renamed "),
    ],
)
def test_people_and_registers_show_at_once(sample: Path, file: str, old: str, new: str) -> None:
    workspace = open_workspace(sample)
    before = read_people(workspace)
    undo = swap(sample / "recipients" / file, old, new)
    try:
        after = read_people(workspace)
    finally:
        undo()
    assert after != before
    assert read_people(workspace) == before


def test_people_are_read_once_while_their_files_stay(sample: Path) -> None:
    workspace = open_workspace(sample)
    assert read_people(workspace) is read_people(workspace)


def test_settings_show_at_once(sample: Path) -> None:
    name = open_workspace(sample).config.office.name
    undo = swap(sample / "mailer.toml", name, "Bureau of Another Name")
    try:
        assert all("Bureau of Another Name" in page for page in pages(compose(sample), "en"))
    finally:
        undo()
    assert not any("Bureau of Another Name" in page for page in pages(compose(sample), "en"))


def test_a_copy_that_keeps_its_times_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("one")
    times, before = path.stat(), stamp_of(tmp_path)
    path.write_text("two")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert path.stat().st_mtime_ns == times.st_mtime_ns
    assert stamp_of(tmp_path) != before


def test_folders_that_link_to_each_other_are_looked_through_once(tmp_path: Path) -> None:
    """Two links to the folder itself, followed to the end, are two to the power of forty paths."""
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_text("one")
    for name in ("a", "b"):
        (tmp_path / name).symlink_to(".")
        (tmp_path / "deep" / name).symlink_to("..")
    before = stamp_of(tmp_path)
    assert [Path(entry[0]).name for entry in before].count("file") == 1
    (tmp_path / "deep" / "file").write_text("another")
    assert stamp_of(tmp_path) != before


def test_a_link_that_leads_elsewhere_now_is_seen(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "file").write_text(name)
    link = tmp_path / "link"
    link.symlink_to("a")
    before = stamp_of(tmp_path)
    link.unlink()
    link.symlink_to("b")
    assert stamp_of(tmp_path) != before


def test_what_a_link_to_a_hidden_folder_shows_is_seen(tmp_path: Path) -> None:
    (tmp_path / ".kept").mkdir()
    (tmp_path / "shown").symlink_to(".kept")
    before = stamp_of(tmp_path)
    (tmp_path / ".kept" / "file").write_text("new")
    assert stamp_of(tmp_path) != before


def test_two_workspaces_do_not_mix(sample: Path, tmp_path: Path) -> None:
    other = make_workspace(tmp_path / "other", sample=True).root
    path = other / "issues" / SAMPLE / "issue.yaml"
    swap(path, "We hope that it is of use", "This is the other office")
    swap(other / "templates" / "newsletter" / "strings.en.yaml", "Unsubscribe", "Depart")
    for _ in range(2):
        assert not any(
            "the other office" in page or "Depart" in page for page in pages(compose(sample), "en")
        )
        assert all("Depart" in page for page in pages(compose(other), "en"))
    assert any("the other office" in page for page in pages(compose(other), "en"))


def test_only_versions_that_change_are_rendered_again(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compose(sample)
    rendered: list[str] = []
    render = desk_module.render_variant
    monkeypatch.setattr(
        desk_module,
        "render_variant",
        lambda edition, *a, **k: rendered.append(edition.variant.key) or render(edition, *a, **k),
    )
    compose(sample)
    assert not rendered
    undo = swap(sample / f"issues/{SAMPLE}/issue.ru.yaml", "О чём этот выпуск", "О чём сей выпуск")
    try:
        again = compose(sample)
    finally:
        undo()
    assert sorted(rendered) == sorted(
        one.variant.key for one in again.renditions if one.variant.language == "ru"
    )


def test_findings_are_of_the_files_as_they_are(sample: Path) -> None:
    place = sample / f"issues/{SAMPLE}/issue.yaml"
    before = compose(sample).findings
    undo = swap(place, "We hope that it is of use", "We hope  that it is of sheeps use")
    try:
        rules = {finding.rule for finding in compose(sample).findings} - {finding.rule for finding in before}
    finally:
        undo()
    assert "text.plural" in rules
    assert compose(sample).findings == before


def test_a_glance_of_the_studio_is_what_the_whole_issue_shows(sample: Path) -> None:
    desk = Desk(open_workspace(sample))
    look = desk.look(SAMPLE)
    assert look.composed
    version = look.composed.renditions[0].variant.key
    undo = swap(
        sample / f"issues/{SAMPLE}/issue.yaml", "We hope that it is of use", "We think that it is of use"
    )
    try:
        glance = desk.glance(SAMPLE, (), version)
        assert glance
        whole = desk.look(SAMPLE).composed
        assert whole
        assert "We think that it is of use" in glance.rendition(version).html
        assert glance.rendition(version) == whole.rendition(version)
        assert whole.findings
        assert not [finding for finding in glance.findings if finding.rule != "waiver.void"]
    finally:
        undo()
