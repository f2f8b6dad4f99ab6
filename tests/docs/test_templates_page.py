"""docs/templates.md names everything that a template may use, and every limit as it is."""

from __future__ import annotations

import re
from pathlib import Path

from mailer.config.template_folder import TemplateFile
from mailer.model.base import Noun
from mailer.model.issue import Issue, ItemBase
from mailer.model.kinds import FieldDeclaration, FieldType, KindDeclaration
from mailer.render import budget, rendition
from mailer.render.filters import FILTERS
from mailer.render.sandbox import METHODS
from mailer.render.sources import MAX_BYTES, MAX_TOTAL
from mailer.render.theme import Logo, Palette, Sizes, Spacing, Theme
from mailer.render.view import item_view

PAGE = (Path(__file__).parent.parent.parent / "docs" / "templates.md").read_text(encoding="utf-8")
QUOTED = set(re.findall(r"`([a-z][a-z_]*)(?:\(\))?`", PAGE)) | set(
    re.findall(r"`([a-z_]+)(?:, [a-z_`]+)*`", PAGE)
)


def names(*nouns: type[Noun]) -> set[str]:
    return {name for noun in nouns for name in noun.model_fields}


def test_every_key_of_template_theme_and_declaration_is_explained() -> None:
    told = names(TemplateFile, Theme, Sizes, Spacing, Logo, Palette, KindDeclaration, FieldDeclaration)
    assert told - QUOTED == set()


def test_every_type_of_field_is_explained() -> None:
    assert set(FieldType.__args__) - QUOTED == set()  # type: ignore[attr-defined]


def test_everything_that_a_layout_is_given_is_explained() -> None:
    source = Path(rendition.__file__).read_text(encoding="utf-8")
    body = source[source.index("def _context(") : source.index("def _view(")]
    given = set(re.findall(r'^        "([a-z_]+)":', body, re.MULTILINE))
    assert len(given) > 15
    assert given - QUOTED == set()


def test_everything_that_an_item_has_is_explained() -> None:
    issue = Issue.model_validate(
        {"id": "a", "series": "s", "date": "2016-12-19", "items": [{"id": "i", "kind": "article"}]}
    )
    view = item_view(issue.items[0], "en", {}, pictures={}, public_url="", defaults={})
    assert set(view) - QUOTED == set()
    assert set(ItemBase.model_fields) - QUOTED == set()


def test_every_filter_and_method_is_named() -> None:
    assert set(FILTERS) - QUOTED == set()
    assert (METHODS[str] | METHODS[dict]) - QUOTED == set()


def test_every_limit_is_named_as_it_is() -> None:
    limits = (
        budget.MAX_STEPS,
        budget.MAX_SIGNS,
        budget.MAX_TEXT,
        budget.MAX_ENTRIES,
        budget.MAX_NUMBER,
        MAX_BYTES,
        MAX_TOTAL,
    )
    for limit in limits:
        assert f"{limit:,}" in PAGE
    assert f"{budget.MAX_SECONDS:g} seconds" in PAGE
    assert f"{budget.MAX_DEPTH} macros" in PAGE
