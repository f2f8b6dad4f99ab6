"""The studio sees a change in what issues share, as it sees one in the issue itself."""

from __future__ import annotations

from pathlib import Path

from studio_server import SLUG, copy_workspace

from mailer.config import open_workspace
from mailer.studio.desk import Desk


def test_a_change_in_a_shared_item_is_seen_and_told_at_its_line(tmp_path: Path) -> None:
    root = copy_workspace(tmp_path / "office")
    shared = root / "issues" / "shared" / "office.yaml"
    shared.parent.mkdir()
    shared.write_text("kind: about\ntitle: Our office\nbody: Come by.\n", encoding="utf-8")
    with (root / "issues" / SLUG / "issue.yaml").open("a", encoding="utf-8") as file:
        file.write("  - shared: office\n")
    desk = Desk(open_workspace(root, {}))
    first = desk.look(SLUG)
    assert first.composed
    assert any("Come by." in rendition.html for rendition in first.composed.renditions)
    assert SLUG in desk.slugs()
    assert "shared" not in desk.slugs()
    shared.write_text("kind: about\ntitle: Our office\nbody: Come in.\n", encoding="utf-8")
    assert desk.look(SLUG).changed == ("office",)
    shared.write_text("kind: about\ntitel: Our office\n", encoding="utf-8")
    (problem,) = desk.look(SLUG).problems
    assert (problem.file, problem.line) == ("issues/shared/office.yaml", 2)
