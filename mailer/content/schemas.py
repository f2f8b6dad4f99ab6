"""JSON Schemas of the files that people write, so that editors complete and check while they type."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from mailer.config.template_folder import TemplateFile
from mailer.content.described import Described, descriptions
from mailer.content.kinds import workspace_kinds
from mailer.content.places import SHARED
from mailer.content.shared import HERE, NAME
from mailer.model.deadline import Deadline
from mailer.model.erratum import Erratum
from mailer.model.files import (
    ApprovalsFile,
    CountriesFile,
    NamesFile,
    SegmentsFile,
    SpeciesFile,
    TreatiesFile,
    WaiversFile,
)
from mailer.model.issue import Issue
from mailer.model.kinds import KindDeclaration, issue_model
from mailer.model.translation import SharedTranslationFile, TranslationFile, word_fields
from mailer.source import shape_of, write_atomically

SCHEMAS_DIR = "schemas"

MODELS: Mapping[str, type[BaseModel]] = {
    "issue": Issue,
    "segments": SegmentsFile,
    "countries": CountriesFile,
    "species": SpeciesFile,
    "treaties": TreatiesFile,
    "names": NamesFile,
    "waivers": WaiversFile,
    "approvals": ApprovalsFile,
    "deadline": Deadline,
    "erratum": Erratum,
    "template": TemplateFile,
    "kind": KindDeclaration,
}


def write_schemas(root: Path, more: Mapping[str, type[BaseModel]] | None = None) -> list[Path]:
    """Write `root`/schemas/NAME.schema.json for every kind of file and for `more`; return the paths.

    Issues and their translations may have the kinds of item that the workspace's templates declare.
    """
    folder = root / SCHEMAS_DIR
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    issue = issue_model(workspace_kinds(root))
    texts = {name: schema_text(model) for name, model in {**MODELS, **(more or {})}.items()}
    texts |= {
        "issue": issue_schema(issue),
        "shared": shared_schema(issue),
        "translation": translation_schema(issue),
        "shared-translation": shared_translation_schema(issue),
    }
    for name, text in texts.items():
        path = folder / f"{name}.schema.json"
        write_atomically(path, text.encode())
        written.append(path)
    return written


@cache
def schema_text(model: type[BaseModel]) -> str:
    """A model's JSON Schema (2020-12), descriptions taken from its docstrings; ends with a line end."""
    return _text(model.model_json_schema(schema_generator=Described))


@cache
def issue_schema(issue: type[Issue]) -> str:
    """The JSON Schema of issue.yaml: each of its items is written there, or named as a shared one."""
    schema = issue.model_json_schema(schema_generator=Described)
    item = schema["properties"]["items"]["items"]
    own = next(iter(schema["$defs"].values()))["properties"]
    here = {name: own[name] for name in HERE if name in own}
    said = "The name of an item in issues/shared, without .yaml."
    named = {SHARED: {"type": "string", "pattern": f"^{NAME.pattern}$", "description": said}, **here}
    reference = {
        "title": "Shared item",
        "type": "object",
        "properties": named,
        "required": [SHARED],
        "additionalProperties": False,
    }
    item["oneOf"] = [*item["oneOf"], {"$ref": "#/$defs/SharedReference"}]
    schema["$defs"]["SharedReference"] = reference
    return _text(schema)


@cache
def shared_schema(issue: type[Issue]) -> str:
    """The JSON Schema of issues/shared/NAME.yaml: an item of any kind, which is called as its file is."""
    schema = issue.model_json_schema(schema_generator=Described)
    item, kinds = schema["properties"]["items"]["items"], schema["$defs"]
    language = {"type": "string", "default": "en", "description": "Of its words; issues in it may name it."}
    authors = {
        "type": ["array", "null"],
        "items": {"type": "string"},
        "description": "Those who wrote it, and may not approve an issue that names it.",
    }
    for each in item["oneOf"]:
        kind = kinds[each["$ref"].rpartition("/")[2]]
        kind["required"] = [name for name in kind["required"] if name != "id"]
        kind["properties"] = {"language": language, "authors": authors} | kind["properties"]
    return _text({"title": "Shared item", **item, "$defs": kinds})


@cache
def translation_schema(issue: type[Issue]) -> str:
    """The JSON Schema of issue.LANGUAGE.yaml: an item may say the words of whatever kind of item there is."""
    schema = TranslationFile.model_json_schema(schema_generator=Described)
    schema["properties"]["items"] |= {
        "type": ["object", "null"],
        "additionalProperties": _translated_item(issue),
    }
    return _text(schema)


@cache
def shared_translation_schema(issue: type[Issue]) -> str:
    """The JSON Schema of issues/shared/NAME.LANGUAGE.yaml: the words of one item."""
    schema = _translated_item(issue)
    about = SharedTranslationFile.model_json_schema(schema_generator=Described)["properties"]
    schema["properties"] = about | schema["properties"]
    return _text({"title": "Translation of a shared item", **schema})


def _translated_item(issue: type[Issue]) -> dict[str, Any]:
    kinds = shape_of(issue.model_fields["items"].annotation).element.branches
    words = _words([kind.model for kind in kinds if kind.model])
    source = {
        "type": "string",
        "description": "Noted by `mailer translate stamp`: which words were translated.",
    }
    return _group({"source": source} | words)


def _words(models: Iterable[type[BaseModel]]) -> dict[str, Any]:
    """Key → schema, for every field of these models that holds words. What is empty is not translated yet."""
    found: dict[str, Any] = {}
    for model in models:
        said = descriptions(model)
        for key, name in word_fields(model).items():
            shape = shape_of(model.model_fields[name].annotation)
            held = shape.element if shape.inner else shape
            one: dict[str, Any] = _group(_words([held.model])) if held.model else {"type": ["string", "null"]}
            schema = {"type": ["array", "null"], "items": one} if shape.inner else one
            found[key] = schema | ({"description": said[name]} if name in said else {})
    return found


def _group(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": False}


def _text(schema: dict[str, Any]) -> str:
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | schema
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
