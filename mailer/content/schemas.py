"""JSON Schemas of the files that people write, so that editors complete and check while they type."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from mailer.model.files import ApprovalsFile, CountriesFile, SegmentsFile, SpeciesFile, WaiversFile
from mailer.model.issue import Issue
from mailer.source import write_atomically

SCHEMAS_DIR = "schemas"

MODELS: Mapping[str, type[BaseModel]] = {
    "issue": Issue,
    "segments": SegmentsFile,
    "countries": CountriesFile,
    "species": SpeciesFile,
    "waivers": WaiversFile,
    "approvals": ApprovalsFile,
}


def write_schemas(root: Path, more: Mapping[str, type[BaseModel]] | None = None) -> list[Path]:
    """Write `root`/schemas/NAME.schema.json for every kind of file and for `more`; return the paths."""
    folder = root / SCHEMAS_DIR
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, model in {**MODELS, **(more or {})}.items():
        path = folder / f"{name}.schema.json"
        write_atomically(path, schema_text(model).encode())
        written.append(path)
    return written


def schema_text(model: type[BaseModel]) -> str:
    """A model's JSON Schema (2020-12), descriptions taken from its docstrings; ends with a line end."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | model.model_json_schema()
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
