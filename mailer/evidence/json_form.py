"""The record as JSON (RFC 8259): UTF-8, a line a row."""

from __future__ import annotations

import json
from typing import Any

from mailer.evidence.loose import MOST_ROWS, Line, Loose, linked_of, no_record
from mailer.evidence.record import FORM, TITLES, VERSION, Record

FORM_KEY = "form"
KEYS = (FORM_KEY, "statement", "signature", "rows")
INDENT = "  "


def to_json(record: Record) -> bytes:
    """The record's bytes. `from_json` reads exactly these."""
    named = [_text(dict(zip(TITLES, row.values, strict=True))) for row in record.rows]
    rows = ",\n".join(INDENT + row for row in named)
    lines = [
        "{",
        f'"{FORM_KEY}": {_text(f"{FORM} {VERSION}")},',
        f'"statement": {json.dumps(dict(record.statement), ensure_ascii=False, indent=1)},',
        f'"signature": {_text(record.signature)},',
        f'"rows": [\n{rows}\n]' if rows else '"rows": []',
        "}\n",
    ]
    return "\n".join(lines).encode("utf-8")


def from_json(content: bytes, shown: str) -> Loose:
    """What the bytes hold. MailerError where they are not JSON any more, with the line, or no record."""
    try:
        data = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise _broken(shown, line) from error
    except json.JSONDecodeError as error:
        raise _broken(shown, error.lineno) from error
    except (RecursionError, ValueError) as error:
        raise no_record(shown, "it is not JSON that this program wrote") from error
    if not isinstance(data, dict) or not {"statement", "rows"} & data.keys():
        raise no_record(shown, "it is some other JSON")
    troubles = [f'"{key}" is missing' for key in KEYS if key not in data]
    troubles += [f'"{key}" is not part of a record' for key in data if key not in KEYS]
    if data.get(FORM_KEY) != f"{FORM} {VERSION}":
        troubles.append(f'"{FORM_KEY}" was changed')
    statement, rows, signature = data.get("statement"), data.get("rows"), data.get("signature")
    if not _is_words(statement):
        troubles.append('"statement" was changed')
        statement = {}
    if not isinstance(rows, list) or len(rows) > MOST_ROWS:
        raise no_record(shown, "its rows cannot be read")
    lines = tuple(_line(number, row) for number, row in enumerate(rows, 1))
    sealed = signature if isinstance(signature, str) else ""
    return Loose(lines, statement or {}, sealed, tuple(troubles), content)


def _broken(shown: str, line: int) -> Exception:
    return no_record(
        shown,
        f"line {line} cannot be read; it was cut off or changed there",
        "Ask for the whole file; nothing in this one can be verified.",
    )


def _line(number: int, row: Any) -> Line:
    place = f"entry {number}"
    if not _is_words(row):
        return Line(place, None, "is not a row")
    if set(row) != set(TITLES):
        wrong = sorted(set(row) ^ set(TITLES))
        return Line(place, None, f"has lost or gained: {', '.join(wrong)[:100]}")
    return Line(place, linked_of([row[name] for name in TITLES]))


def _is_words(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
