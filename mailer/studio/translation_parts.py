"""Parts of the page of translations: what a file that came back says, and the words that change."""

from __future__ import annotations

from collections.abc import Iterator

from mailer.flow.translation_exchange import TranslationReturn
from mailer.studio.kit import el
from mailer.studio.views_proofs import many

MOST = 80
MOST_NAMED = 6


def what_comes(plan: TranslationReturn) -> Iterator[str]:
    """What becomes of the pieces, a sentence each."""
    same = f"{many(plan.same, 'piece')} as before, " if plan.same else ""
    yield f"{same}{plan.empty} still without words."
    if plan.kept_out:
        named = ", ".join(plan.kept_out[:MOST_NAMED])
        more = f" and {len(plan.kept_out) - MOST_NAMED} more" if len(plan.kept_out) > MOST_NAMED else ""
        yield f"Kept out until it is mended: {named}{more}."
    if plan.stale:
        yield f"Of an older source, and marked so: {', '.join(plan.stale[:MOST_NAMED])}."
    shared = [each.path.name for each in plan.files if each.path != plan.path]
    if shared:
        yield f"Changes for every issue that has them in it: {', '.join(shared)}."
    if not plan.files:
        yield "Nothing would change."


def show_changes(plan: TranslationReturn) -> None:
    """Every piece that changes, with its source, what stood there and what comes."""
    if not plan.changes:
        return
    with el("details", "sheet"):
        el("summary", "", "The words that change")
        with el("ul", "list"):
            for change in plan.changes[:MOST]:
                with el("li", ""):
                    el("span", "quiet", f"{change.item or 'the head'}, {change.field}")
                    el("p", "hint", change.source, lang="")
                    with el("div", "diff"):
                        if change.before:
                            with el("div", ""):
                                el("del", "", change.before)
                        with el("div", ""):
                            el("ins", "", change.after)
            if len(plan.changes) > MOST:
                el("li", "quiet", f"and {len(plan.changes) - MOST} more")
