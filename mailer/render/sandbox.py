"""The Jinja environment that templates run in: strict, escaping, bounded, and without ways into Python."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateNotFound,
    Undefined,
    nodes,
    pass_context,
)
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from mailer.errors import nearest
from mailer.render.budget import MAX_DEPTH, MAX_TEXT, budgeted, counted, current, look_through, plain
from mailer.render.filters import allow
from mailer.render.guard import HOOKS, guarded
from mailer.render.memory import Memory

METHODS: Mapping[type, frozenset[str]] = {
    str: frozenset({"lower", "upper", "strip", "startswith", "endswith"}),
    dict: frozenset({"items", "keys", "values", "get"}),
    LoopContext: frozenset(
        "index index0 revindex revindex0 first last length depth depth0 previtem nextitem cycle changed".split()
    ),
}
"""What may be asked of a value after a dot, besides the keys of a group of keys."""
MAX_COMPILED = 1000
"""Files kept compiled."""
MAX_NAMES = 10
OPERATORS = frozenset({"+", "-", "*", "/", "//", "**", "%"})


class _Unknown(StrictUndefined):
    """A name that is not there, with the nearest that is."""

    @property
    def _undefined_message(self) -> str:
        known, name = self._undefined_obj, self._undefined_name
        if isinstance(known, dict) and isinstance(name, str) and not self._undefined_hint:
            return f'"{name}" is not there. {nearest(name, map(str, known))}'.strip()
        if isinstance(known, TemplateModule) and isinstance(name, str):
            macros = [each for each in vars(known) if not each.startswith("_")]
            return f'{known.__name__} has no macro "{name}". {nearest(name, macros)}'.strip()
        return super()._undefined_message


class Sandbox(ImmutableSandboxedEnvironment):
    """Templates see plain values; what they may call, ask and make is listed, and counted as they run."""

    intercepted_binops = OPERATORS

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = guarded(super()._parse(source, name, filename), name)
        _PHRASES.keep(source, tuple(_asked(tree)))
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:  # noqa: ARG002
        """Whether a template may ask that of a value: what METHODS lists, a file's macros, own variables."""
        if attr.startswith("_"):
            return False
        if isinstance(obj, (TemplateModule, Namespace)):
            return True
        return any(isinstance(obj, kind) and attr in names for kind, names in METHODS.items())

    def is_safe_callable(self, obj: Any) -> bool:
        """Macros, blocks, recursive loops, and the listed methods."""
        if isinstance(obj, (Macro, BlockReference, LoopContext)) or obj is Namespace:
            return True
        owner = getattr(obj, "__self__", None)
        return owner is not None and self.is_safe_attribute(owner, getattr(obj, "__name__", "_"), obj)

    def unsafe_undefined(self, obj: Any, attribute: str) -> Undefined:
        """Stands for what a template may not ask; using it says so."""
        hint = f'"{attribute}" is not to be had in templates'
        return self.undefined(hint, name=attribute, obj=obj, exc=SecurityError)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """A key comes before a method of the same name: `row.items` is what the row holds."""
        if isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return super().getattr(obj, attribute)

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805
        """Call what is allowed, within the budget."""
        if any(hook is __obj for hook in HOOKS.values()):
            return __obj(*args)
        if isinstance(__obj, Undefined):
            return __obj()  # says which name is unknown, or not to be had
        if not __self.is_safe_callable(__obj):
            raise SecurityError("this cannot be called from a template")
        budget = current()
        budget.spend()
        if isinstance(getattr(__obj, "__self__", None), LoopContext):
            look_through(*args)  # `loop.changed` compares them
        if budget.depth >= MAX_DEPTH:
            raise SecurityError(f"macros call each other more than {MAX_DEPTH} deep: one calls itself")
        budget.depth += 1
        try:
            return counted(__context.call(__obj, *args, **kwargs))
        finally:
            budget.depth -= 1

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers; `+` on texts and on lists too."""
        both = (left, right)
        if operator == "**":
            raise SecurityError("powers are not to be had in templates")
        texts, lists = (all(isinstance(value, kind) for value in both) for kind in (str, list))
        if operator == "+" and (texts or lists):
            return counted(left + right)
        if not all(isinstance(value, (int, float)) for value in both):
            for value in both:
                plain(value)
            raise TypeError(f"`{operator}` takes numbers; texts are joined with `~`")
        return counted(super().call_binop(context, operator, left, right))

    def get_or_select_template(self, template_name_or_list: Any, *args: Any, **kwargs: Any) -> Template:
        """A file by its name, or the first of several that is there."""
        names = template_name_or_list
        if not (isinstance(names, str) or (isinstance(names, list) and 0 < len(names) <= MAX_NAMES)):
            raise TypeError(f"a file is named by text, or by a list of at most {MAX_NAMES} texts")
        current().spend()
        return super().get_or_select_template(names, *args, **kwargs)


def fault_words(error: BaseException) -> str:
    """What went wrong, for whoever wrote the template."""
    match error:
        case RecursionError():
            return "it includes or calls itself without end, or is nested too deeply"
        case MemoryError() | SyntaxError():
            return "it is nested too deeply"
        case TemplateNotFound():
            return f'there is no file "{error.message or error.name}" in the template'
        case AssertionError():
            return f"a filter cannot do that: {error or 'it was given what it does not take'}"
        case _:
            return str(error) or type(error).__name__


@pass_context
def _written(_context: Context, value: Any) -> Any:
    """What stands where `{{ … }}` stood: text or a number, counted."""
    return counted(plain(value))


class _Compiled(BytecodeCache):
    """Code of files that have not changed, in memory: after an edit only the edited file is compiled."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, str], Any] = OrderedDict()

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key, bucket.checksum] = bucket.code
        while len(self._known) > MAX_COMPILED:
            self._known.popitem(last=False)


_COMPILED = _Compiled()


_PHRASES: Memory[str, tuple[tuple[str, int], ...]] = Memory(MAX_COMPILED)


def phrases_in(text: str) -> tuple[tuple[str, int], ...]:
    """The fixed strings that a template asks for, as `phrases.why` or `phrases["view.phone"]`, and their lines.

    TemplateSyntaxError for what does not parse. Where it has been compiled, it is not parsed once more.
    """
    found = _PHRASES.recall(text)
    return tuple(_asked(sandbox({}).parse(text))) if found is None else found


def _asked(tree: nodes.Template) -> Iterator[tuple[str, int]]:
    asked: Iterable[nodes.Node] = tree.find_all((nodes.Getattr, nodes.Getitem))
    for node in asked:
        if not (isinstance(node.node, nodes.Name) and node.node.name == "phrases"):  # type: ignore[attr-defined]
            continue
        if isinstance(node, nodes.Getattr):
            yield node.attr, node.lineno
        elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
            yield str(node.arg.value), node.lineno


def sandbox(sources: Mapping[str, str]) -> Sandbox:
    """An environment over these sources: name → Jinja text."""

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (sources[name], name, lambda: True) if name in sources else None

    environment = Sandbox(
        loader=FunctionLoader(load),
        autoescape=True,
        undefined=_Unknown,
        finalize=_written,
        optimized=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        cache_size=-1,
        bytecode_cache=_COMPILED,
    )
    allow(environment)
    environment.globals = {"namespace": Namespace}
    for name, hook in HOOKS.items():
        setattr(environment, name, hook)
    return environment


def run_template(template: Template, context: Mapping[str, Any]) -> str:
    """The template's output; SecurityError where it takes too long or grows too large."""
    pieces: list[str] = []
    size = 0
    with budgeted():
        for piece in template.generate(context):
            size += len(piece)
            if size > 2 * MAX_TEXT:
                raise SecurityError(f"the template makes more than {2 * MAX_TEXT:,} signs")
            pieces.append(piece)
    return "".join(pieces)
