"""Changes to a parsed template that put every loop, text and list under the budget."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from jinja2 import TemplateSyntaxError, nodes
from jinja2.runtime import markup_join
from jinja2.visitor import NodeTransformer

from mailer.errors import nearest
from mailer.render.budget import MAX_NUMBER, announce, counted, current, held, look_through, plain, text_size
from mailer.render.filters import FILTERS, TESTS

COMPARISONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "gteq": operator.ge,
    "lt": operator.lt,
    "lteq": operator.le,
    "in": lambda value, values: value in values,
    "notin": lambda value, values: value not in values,
}
"""By Jinja's names for their signs."""
BODIES = (nodes.For, nodes.Macro, nodes.CallBlock, nodes.Block)
"""Pieces that count their own words whenever they run."""
NOT_HERE = {
    "varargs": "Name the macro's arguments.",
    "kwargs": "Name the macro's arguments.",
    "range": "Loop over a list.",
    "lipsum": "Write the words out.",
    "cycler": "Use loop.cycle(…).",
    "joiner": "Use `join`.",
    "dict": "Write {…}.",
}

NO_FILTER = {
    "safe": "It is left out on purpose: words are always escaped, and what is html already, as `body`, is clean.",
    "format": "It is left out on purpose: join texts with `~`.",
    "map": "It is left out on purpose: loop over the list.",
    "attr": "It is left out on purpose: write a dot and the name.",
}
"""Filters of Jinja that people look for."""


def step(signs: int) -> None:
    """One turn of a loop, or one run of a macro, block or file; `signs` are its fixed words."""
    current().spend(signs)


def checked(value: Any) -> Any:
    """The value of a condition, asked for each entry of a loop."""
    current().spend()
    return value


def compared(left: Any, *others: Any) -> Any:
    """`left < middle <= right`: signs and values in turn."""
    found: Any = True
    for sign, value in zip(others[::2], others[1::2], strict=True):
        right = held(value)
        look_through(left, right)
        found = COMPARISONS[sign](left, right)
        if not found:
            break
        left = right
    return found


def joined(*values: Any) -> Any:
    """What `~` makes: texts one after the other, escaped where one of them is markup."""
    announce(sum(text_size(plain(value)) for value in values))
    return counted(markup_join(values))


def listed(*values: Any) -> list[Any]:
    """A list of plain values and groups of keys; lists within lists could grow without end."""
    if any(isinstance(value, (list, tuple)) for value in values):
        raise TypeError("a list cannot stand within a list here")
    return list(counted(values))


def mapped(*values: Any) -> dict[Any, Any]:
    """A group of keys with plain values."""
    if any(isinstance(value, (list, tuple, dict)) for value in values[1::2]):
        raise TypeError("a group of keys holds text and numbers here, no lists")
    return dict(zip(values[::2], counted(values)[1::2], strict=True))


HOOKS = {
    "step": step,
    "checked": checked,
    "compared": compared,
    "joined": joined,
    "listed": listed,
    "mapped": mapped,
    "counted": counted,
}
"""What guarded templates call, by the name of the environment's attribute."""


def guarded(tree: nodes.Template, name: str | None) -> nodes.Template:
    """The template with guards; TemplateSyntaxError for what no template may use."""
    return _Guard(name).visit(tree)  # type: ignore[no-any-return]


class _Guard(NodeTransformer):
    def __init__(self, name: str | None) -> None:
        self.name = name

    def refuse(self, node: nodes.Node, message: str) -> TemplateSyntaxError:
        return TemplateSyntaxError(message, node.lineno, self.name, self.name)

    def hook(self, name: str, node: nodes.Node, args: Sequence[nodes.Expr]) -> nodes.Call:
        target = nodes.EnvironmentAttribute(name, lineno=node.lineno)
        call = nodes.Call(target, list(args), [], None, None, lineno=node.lineno)
        call.environment = target.environment = node.environment
        return call

    def counting(self, node: Any) -> Any:
        """Count a body's fixed words whenever it runs."""
        node = self.generic_visit(node)
        call = self.hook("step", node, [nodes.Const(_fixed(node.body), lineno=node.lineno)])
        node.body.insert(0, nodes.ExprStmt(call, lineno=node.lineno, environment=node.environment))
        return node

    visit_Template = visit_Macro = visit_CallBlock = counting  # noqa: N815

    def visit_For(self, node: nodes.For) -> nodes.Node:  # noqa: N802
        self.counting(node)
        if node.test is not None:
            node.test = self.hook("checked", node, [cast("nodes.Expr", node.test)])
        return node

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        others = [
            part for other in node.ops for part in (nodes.Const(other.op, lineno=node.lineno), other.expr)
        ]
        return self.hook("compared", node, [node.expr, *others])

    def visit_Block(self, node: nodes.Block) -> nodes.Node:  # noqa: N802
        return self.generic_visit(node) if node.required else self.counting(node)

    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return self.hook("joined", node, node.nodes)

    def visit_List(self, node: nodes.List) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return self.hook("listed", node, node.items)

    def visit_Tuple(self, node: nodes.Tuple) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return node if node.ctx == "store" else self.hook("listed", node, node.items)

    def visit_Dict(self, node: nodes.Dict) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return self.hook("mapped", node, [part for pair in node.items for part in (pair.key, pair.value)])

    def visit_Getitem(self, node: nodes.Getitem) -> nodes.Node:  # noqa: N802
        self.generic_visit(node)
        return self.hook("counted", node, [node]) if isinstance(node.arg, nodes.Slice) else node

    def visit_Const(self, node: nodes.Const) -> nodes.Node:  # noqa: N802
        if isinstance(node.value, (int, float)) and not -MAX_NUMBER <= node.value <= MAX_NUMBER:
            raise self.refuse(node, f"a number is larger than {MAX_NUMBER:,}")
        return node

    def visit_Name(self, node: nodes.Name) -> nodes.Node:  # noqa: N802
        if node.ctx == "load" and node.name in NOT_HERE:
            raise self.refuse(node, f'"{node.name}" is not to be had in templates. {NOT_HERE[node.name]}')
        return node

    def visit_Filter(self, node: nodes.Filter) -> nodes.Node:  # noqa: N802
        if node.name not in FILTERS:
            hint = NO_FILTER.get(node.name) or nearest(node.name, FILTERS)
            raise self.refuse(node, f'There is no filter "{node.name}". {hint}')
        return self.generic_visit(node)

    def visit_Test(self, node: nodes.Test) -> nodes.Node:  # noqa: N802
        if node.name not in TESTS:
            raise self.refuse(node, f'There is no test "{node.name}". {nearest(node.name, TESTS)}')
        return self.generic_visit(node)

    def visit_EvalContextModifier(self, node: nodes.Node) -> nodes.Node:  # noqa: N802
        raise self.refuse(node, "escaping cannot be switched off or on: authors' words are never markup")

    visit_ScopedEvalContextModifier = visit_EvalContextModifier  # noqa: N815

    def with_context(self, node: Any) -> nodes.Node:
        """Every file sees the context; what a file keeps to itself would live on from run to run."""
        node.with_context = True
        return self.generic_visit(node)

    visit_Import = visit_FromImport = visit_Include = with_context  # noqa: N815


def _fixed(body: Iterable[nodes.Node]) -> int:
    """Signs of fixed text in a body, but for pieces that count their own."""
    signs = 0
    for node in body:
        if isinstance(node, nodes.TemplateData):
            signs += len(node.data)
        elif not isinstance(node, BODIES):
            signs += _fixed(node.iter_child_nodes())
    return signs
