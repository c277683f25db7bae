"""Every ``sudo()`` of the addons says why: a comment or docstring of its function names it, above the call or on its line."""

import ast
import io
import pathlib
import tokenize

from . import places

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def missing() -> str:
    """Where a reason is missing, one place a line; nothing where none is."""
    files = (file for addon in places.own_addons() for file in sorted(addon.rglob("*.py")))
    return "\n".join(
        f"{file.relative_to(places.CHECKOUT)}:{line}: sudo() without a reason; write `# sudo: …` above it"
        for file in files
        for line in _without_reason(file)
    )


def _without_reason(file: pathlib.Path) -> list[int]:
    source = file.read_text(encoding="utf-8")
    if ".sudo()" not in source:
        return []
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    reasons = {token.start[0] for token in tokens if token.type == tokenize.COMMENT and "sudo" in token.string}
    return sorted({call for call, function in _calls(ast.parse(source), None) if not _is_said(call, function, reasons)})


def _is_said(call, function, reasons):
    first = function.lineno if function else 1
    return any(first <= reason <= call for reason in reasons) or bool(function and "sudo" in (ast.get_docstring(function) or ""))


def _calls(node, function):
    """Each call of ``sudo()`` without an argument as (line, function around it)."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and child.func.attr == "sudo" and not child.args:
            yield child.func.end_lineno, function
        yield from _calls(child, child if isinstance(child, FUNCTIONS) else function)
