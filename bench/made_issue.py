"""A large issue made for measuring: forty items in three languages, ten of them with a picture."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from PIL import Image
from ruamel.yaml import YAML

from mailer.flow.starter import make_workspace

SLUG = "forty-items"
ITEMS = 40
TEXTS = {
    "en": "The count of item {n} took nine days and forty people. Herds were seen on both sides of the border, "
    "**more than last year**, and most calves had survived the winter. The [full report](https://example.org/{n}) "
    "names the places where fences still stand in their way. Whoever knows of others is asked to write.",
    "ru": "Учёт по пункту {n} занял девять дней, в нём участвовали сорок человек. Стада видели по обе стороны "
    "границы, **больше, чем год назад**, и почти все детёныши пережили зиму. В [полном отчёте]"
    "(https://example.org/{n}) названы места, где путь животным всё ещё преграждают заборы.",
    "fr": "Le comptage du point {n} a duré neuf jours et réuni quarante personnes. Des troupeaux ont été vus des "
    "deux côtés de la frontière, **plus que l'an dernier**, et presque tous les jeunes ont survécu à l'hiver. Le "
    "[rapport complet](https://example.org/{n}) nomme les lieux où des clôtures leur barrent encore la route.",
}
HEADS = {
    "en": {
        "series": "Steppe News",
        "number": "40",
        "title": "Forty items",
        "subject": "Forty items from the steppe",
    },
    "ru": {
        "series": "Новости степи",
        "number": "40",
        "title": "Сорок пунктов",
        "subject": "Сорок новостей из степи",
    },
    "fr": {
        "series": "Nouvelles",
        "number": "40",
        "title": "Quarante points",
        "subject": "Quarante nouvelles",
    },
}
TITLES = {
    "en": "Item {n}: herds counted",
    "ru": "Пункт {n}: стада сосчитаны",
    "fr": "Point {n} : troupeaux comptés",
}
ALT = {"en": "Animals on a plain.", "ru": "Животные на равнине.", "fr": "Des animaux dans une plaine."}


def make_issue(folder: Path) -> Path:
    """Make a workspace that holds the issue; return the workspace's folder."""
    root = make_workspace(folder, sample=True).root
    issue = root / "issues" / SLUG
    (issue / "images").mkdir(parents=True)
    for number in range(ITEMS // 4):
        colours = (
            Image.linear_gradient("L").resize((1200, 700)).point(lambda sign, n=number: (sign + 9 * n) % 256)
        )
        colours.save(issue / "images" / f"{number}.jpg", quality=80)
    items = [_item(number) for number in range(ITEMS)]
    base = {"id": SLUG, "date": date(2016, 12, 19), "authors": ["Editorial desk"], "language": "en"}
    _write(
        issue / "issue.yaml",
        {**base, **HEADS["en"], "preheader": "What was counted, and where.", "items": items},
    )
    for language in ("ru", "fr"):
        words = {f"item-{number}": _words(number, language) for number in range(ITEMS)}
        _write(issue / f"issue.{language}.yaml", {"language": language, **HEADS[language], "items": words})
    return root


def _words(number: int, language: str) -> dict[str, object]:
    words: dict[str, object] = {
        "title": TITLES[language].format(n=number),
        "body": TEXTS[language].format(n=number) + "\n",
    }
    if number % 4 == 0:
        words["image"] = {"alt": ALT[language]}
    return words


def _item(number: int) -> dict[str, object]:
    item = {"id": f"item-{number}", "kind": "article", **_words(number, "en")}
    item["layout"] = ("wide", "wide", "half", "half")[number % 4]
    if number % 4 == 0:
        item["image"] = {"src": f"images/{number // 4}.jpg", "alt": ALT["en"]}
    return item


def _write(path: Path, value: dict[str, object]) -> None:
    yaml = YAML()
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(value, file)
