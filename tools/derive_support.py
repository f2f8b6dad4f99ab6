"""Make mailer/check/data/support.json from the data of the npm package caniemail.

    npm pack caniemail@2 && tar xf caniemail-*.tgz
    python tools/derive_support.py package

For every feature and mail program, the answer of the newest version that was tested. The licence stands in
mailer/check/data/NOTICE.md; look whether it is still true when the data is renewed.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent.parent / "mailer" / "check" / "data" / "support.json"
SOURCE = "https://www.caniemail.com"
MONTHLY = {"outlook.macos": (16, 2017 * 12 + 4)}
"""Programs numbered 16.N, one a month: the first number, and the month of N = 0."""
WEEKLY = {"outlook.android", "outlook.ios"}
"""Programs numbered 4.YYWW.n: year and week of the release."""


def age(client: str, version: str) -> tuple[int, tuple[int, ...]]:
    """What to sort a program's versions by, oldest first.

    Versions are months of testing, years or numbers. A month counts from year 0; a number of which the month
    is not known is older than any month, since the data went over to months later.
    """
    numbers = tuple(int(part) for part in re.findall(r"\d+", version))
    if re.fullmatch(r"20\d\d-\d\d", version):
        return numbers[0] * 12 + numbers[1], numbers
    if client in MONTHLY and numbers[0] == MONTHLY[client][0] and len(numbers) > 1:
        return MONTHLY[client][1] + numbers[1], numbers
    if client in WEEKLY and len(numbers) > 1 and 1800 < numbers[1] < 4000:
        return (2000 + numbers[1] // 100) * 12 + numbers[1] % 100 * 12 // 53 + 1, numbers
    if re.fullmatch(r"20\d\d", version):
        return numbers[0] * 12, numbers
    return 0, numbers


def newest(client: str, answers: dict[str, str]) -> str:
    """The answer of the newest version: `y`, `n`, `u`, or with its notes as `a.1.4`."""
    version = max(answers, key=lambda v: age(client, v))
    return ".".join(re.findall(r"^[yanu]|\d+", answers[version]))


def derive(data: dict[str, Any], version: str) -> dict[str, Any]:
    """The table, with one string of answers a feature, in the order of the programs."""
    found = {
        f"{family}.{platform}"
        for feature in data["data"]
        for family, platforms in feature["stats"].items()
        for platform in platforms
    }
    clients = sorted(found)
    names = data["nicenames"]
    return {
        "source": SOURCE,
        "package": f"caniemail {version} (npm)",
        "date": data["last_update_date"][:10],
        "notice": "MIT licence, see NOTICE.md beside this file",
        "clients": {client: title(client, names) for client in clients},
        "features": {
            f["slug"]: feature_row(f, clients) for f in sorted(data["data"], key=lambda f: f["slug"])
        },
    }


def title(client: str, names: dict[str, dict[str, str]]) -> str:
    """What people call a program, such as `Gmail iOS`."""
    family, _, platform = client.partition(".")
    if platform in ("outlook-com", "windows-mail"):
        return names["platform"][platform]
    return f"{names['family'][family].removeprefix('Mozilla ')} {names['platform'][platform]}"


def feature_row(feature: dict[str, Any], clients: list[str]) -> dict[str, Any]:
    answers = []
    for client in clients:
        family, _, platform = client.partition(".")
        tested = feature["stats"].get(family, {}).get(platform)
        answers.append(newest(client, tested) if tested else "-")
    used = sorted({int(n) for answer in answers for n in answer.split(".")[1:]})
    texts = feature["notes_by_num"] or {}
    row = {
        "title": feature["title"].strip(),
        "category": feature["category"],
        "tested": feature["last_test_date"],
        "answers": " ".join(answers),
    }
    notes = {str(n): " ".join(texts[str(n)].split()) for n in used if str(n) in texts}
    return row | ({"notes": notes} if notes else {})


def main(package: Path) -> None:
    data = json.loads((package / "data" / "caniemail.json").read_text(encoding="utf-8"))
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    table = derive(data, version)
    # One line a feature, so that a renewal reads well in a diff.
    head = json.dumps({k: v for k, v in table.items() if k != "features"}, ensure_ascii=False, indent=1)
    lines = [f'  "{s}": {json.dumps(f, ensure_ascii=False)}' for s, f in table["features"].items()]
    TABLE.write_text(head[:-2] + ',\n "features": {\n' + ",\n".join(lines) + "\n }\n}\n", encoding="utf-8")
    print(
        f"{TABLE.name}: {len(lines)} features, {len(table['clients'])} programs, {TABLE.stat().st_size:,} bytes"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
