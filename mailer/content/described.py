"""What the docstrings under a noun's fields say, read only for a JSON Schema: it would slow every command's start."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from pydantic_core.core_schema import ModelSchema


class Described(GenerateJsonSchema):
    """JSON Schemas in which each field has its description."""

    def model_schema(self, schema: ModelSchema) -> dict[str, Any]:
        """The schema of one noun."""
        made = super().model_schema(schema)
        model: type[BaseModel] = schema["cls"]
        for name, said in descriptions(model).items():
            made["properties"][model.model_fields[name].alias or name]["description"] = said
        return made


@cache
def descriptions(model: type[BaseModel]) -> Mapping[str, str]:
    """Field → what is said of it: by the noun that declares the field, in its Field() or in the docstring below."""
    found: dict[str, str] = {}
    for name, info in model.model_fields.items():
        owner = next(base for base in model.__mro__ if name in inspect.get_annotations(base))
        said = info.description or _docstrings(owner).get(name)
        if said:
            found[name] = said
    return found


def _docstrings(model: type) -> Mapping[str, str]:
    module = sys.modules[model.__module__]
    if getattr(module, model.__name__, None) is not model:
        # It was made by create_model, and has no source.
        return {}
    return _written_in(module).get(model.__name__, {})


@cache
def _written_in(module: ModuleType) -> Mapping[str, Mapping[str, str]]:
    """Class → field → docstring, of a whole module."""
    found: dict[str, dict[str, str]] = {}
    for written in ast.parse(inspect.getsource(module)).body:
        if isinstance(written, ast.ClassDef):
            fields = found[written.name] = {}
            for field, below in pairwise(written.body):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                        value=ast.Constant(value=str(text))
                    ):
                        fields[name] = inspect.cleandoc(text)
    return found
