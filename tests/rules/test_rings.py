"""The rings: imports go inward only; the rules import nothing but Python and dateutil, read no clock, and their worked examples run.

The examples run here rather than by pointing ``--doctest-modules`` at the folder, because that imports the addon around it, hence Odoo.
"""

import ast
import doctest
import sys
from graphlib import TopologicalSorter
from importlib import import_module
from inspect import getmembers, isfunction
from pathlib import Path

import pytest

import rules

FOLDER = Path(rules.__file__).parent
ADDON = FOLDER.parent
FILES = sorted(FOLDER.rglob("*.py"))
MODULES = ["rules", *(f"rules.{file.stem}" for file in FILES if file.stem != "__init__")]
ALLOWED = {*sys.stdlib_module_names, "dateutil"}
FORBIDDEN = {"time", "random", "os", "socket", "sqlite3", "urllib", "threading", "subprocess"}
INWARD = {
    "const": {"rules"},
    "services": {"rules", "const"},
    "models": {"rules", "const", "services"},
    "wizards": {"rules", "const", "services", "models"},
    "controllers": {"rules", "const", "services"},
    "report": {"rules", "const", "services"},
    "demo": {"rules", "const", "services"},
}
CLOCK_CALLS = {"today", "now", "utcnow"}


def tree(file):
    return ast.parse(file.read_text(encoding="utf-8"), str(file))


def imports(file):
    """Each import as (level, first name): level 1 is a sibling among the rules."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            names = [node.module.split(".")[0]] if node.module else [alias.name for alias in node.names]
            yield from ((node.level, name) for name in names)


def test_the_files_of_the_rules_are_found():
    assert {"periods", "proration", "charges", "money", "billing_dates"} <= {file.stem for file in FILES}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_rule_imports_only_python_dateutil_and_its_siblings(file):
    siblings = {each.stem for each in FILES}
    for level, name in imports(file):
        assert level <= 1, f"{file.name} reaches outward for {name}"
        allowed = siblings if level else ALLOWED - FORBIDDEN
        assert name in allowed, f"{file.name} imports {name}"


def test_the_rules_import_each_other_in_one_direction():
    siblings = {file.stem: {name for level, name in imports(file) if level} for file in FILES}
    assert list(TopologicalSorter(siblings).static_order())


@pytest.mark.parametrize("ring", INWARD)
def test_a_ring_imports_inward_only(ring):
    for file in (ADDON / ring).rglob("*.py"):
        own_folder = len(file.relative_to(ADDON).parts) - 1
        outside = {name for level, name in imports(file) if level > own_folder}
        assert outside <= INWARD[ring], f"{file.relative_to(ADDON)} reaches outward for {outside - INWARD[ring]}"


def test_every_folder_of_code_is_a_ring():
    folders = {file.parent.relative_to(ADDON).parts[0] for file in ADDON.rglob("*/*.py")}
    assert folders - {"migrations", "tests"} == {"rules", *INWARD}


def loaded(folder):
    """The files of a folder in the order in which Python loads them."""
    order = {}

    def load(file):
        if file not in order and file.exists():
            order[file] = None
            for node in tree(file).body:
                if isinstance(node, ast.ImportFrom) and node.level == 1:
                    for name in [node.module] if node.module else [alias.name for alias in node.names]:
                        load(file.parent / f"{name}.py")
                        load(file.parent / name / "__init__.py")
            order.pop(file)
            order[file] = None

    load(folder / "__init__.py")
    return list(order)


def methods(file):
    """Each method of Odoo's models in a file as (model, name, whether it calls ``super()``)."""
    for model in (node for node in tree(file).body if isinstance(node, ast.ClassDef)):
        said = {
            node.targets[0].id: node.value for node in model.body if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        name = said.get("_name") or said.get("_inherit")
        for node in model.body:
            if isinstance(node, ast.FunctionDef) and isinstance(name, ast.Constant):
                goes_on = any(isinstance(part, ast.Name) and part.id == "super" for part in ast.walk(node))
                yield name.value, node.name, goes_on


@pytest.mark.parametrize("ring", ["services", "models", "wizards"])
def test_what_continues_a_method_is_loaded_after_it(ring):
    """Of two files that extend a model the later one is asked first: a method without ``super()`` would silence those loaded before it."""
    continued = {}
    for file in loaded(ADDON / ring):
        for model, name, goes_on in methods(file):
            before = continued.get((model, name))
            assert goes_on or not before, f"{model}.{name}: {before} continues {file.name}, which is loaded later"
            if goes_on:
                continued[model, name] = file.name


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_rule_reads_no_clock(file):
    called = {node.attr for node in ast.walk(tree(file)) if isinstance(node, ast.Attribute)}
    assert not called & CLOCK_CALLS


@pytest.mark.parametrize("name", MODULES)
def test_the_worked_examples_are_right(name):
    assert doctest.testmod(import_module(name)).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_carries_a_worked_example(name):
    module = import_module(name)
    public = [function for label, function in getmembers(module, isfunction) if function.__module__ == name and not label.startswith("_")]
    assert [function.__name__ for function in public if ">>>" not in (function.__doc__ or "")] == []
