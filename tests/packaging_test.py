"""The package as a whole: what is packed, what imports what, and how fast."""

import ast
import configparser
import functools
import graphlib
import importlib
import pathlib
import re
import subprocess
import sys
import types

import pytest

import kerasgan
import kerasgan.version

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "kerasgan"

# Imports run from a later row to an earlier one, or within a row.
ROWS = (
    {
        "console",
        "datasets",
        "devices",
        "errors",
        "figures",
        "files",
        "flags",
        "layers",
        "losses",
        "metrics",
        "optimizers",
        "pictures",
        "random",
        "run_config",
        "version",
    },
    {"callbacks", "models"},
    {"checkpoints", "export", "loop", "reports", "watch"},
    {"zoo"},
    {"extractors"},
    {"evaluation", "scoring"},
    {"session"},
    {"training"},
    {"turing"},
    {"cli"},
    {"__main__"},
)
# What the families in models/ share; everything else there is a family.
SHARED_BY_FAMILIES = {
    "__init__",
    "adversarial",
    "base",
    "checks",
    "networks",
    "own_networks",
    "replication",
    "spectral_networks",
    "updates",
}
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/*.md"),
    *ROOT.glob("docs/studies/*.md"),
]


def configuration():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def lines(section, option):
    text = configuration()[section][option]
    return [line for line in text.splitlines() if line]


def sources():
    """Maps the dotted name of each module to its file."""
    modules = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[-1] == "__init__":
            parts = parts[:-1]
        modules[".".join(parts)] = path
    return modules


@functools.cache
def imports():
    """Pairs (importing module, imported module) within the checkout.

    Imports inside functions count too.
    """
    modules = sources()
    pairs = set()
    for name, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"relative import in {path}"
                targets = [
                    f"{node.module}.{alias.name}"
                    if f"{node.module}.{alias.name}" in modules
                    else node.module
                    for alias in node.names
                ]
            else:
                continue
            pairs.update((name, target) for target in targets)
    return pairs


def part(module):
    """`kerasgan.models.gan` is in the part `models`."""
    names = module.split(".")
    return names[1] if names[0] == "kerasgan" and len(names) > 1 else None


def run(code):
    """What a fresh interpreter prints."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


# What is packed.


def test_every_package_is_listed():
    # One that is missing is invisible in a checkout and fatal in the wheel.
    moved = dict(line.split(" = ") for line in lines("options", "package_dir"))
    folders = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in PACKAGE.rglob("__init__.py")
    }
    folders |= {
        name
        for name, folder in moved.items()
        if (ROOT / folder / "__init__.py").is_file()
    }
    assert set(moved.values()) == {"recipes", "zoo"}
    assert sorted(folders) == lines("options", "packages")


def test_the_version_has_one_source():
    attribute = configuration()["metadata"]["version"]
    assert attribute == "attr: kerasgan.version.__version__"
    assert kerasgan.__version__ == kerasgan.version.__version__
    assert re.fullmatch(r"\d+\.\d+\.\d+(\.dev\d+)?", kerasgan.__version__)


# What an import costs.


def test_the_import_is_quick_and_leaves_tensorflow_alone():
    code = (
        "import sys, time; began = time.perf_counter(); import kerasgan; "
        "print(time.perf_counter() - began, "
        "'tensorflow' in sys.modules, 'keras' in sys.modules)"
    )
    # The best of three: the machine may be busy with something else.
    results = [run(code).split() for _ in range(3)]
    assert min(float(seconds) for seconds, *_ in results) < 0.3
    assert {tuple(loaded) for _, *loaded in results} == {("False", "False")}


def test_a_module_is_loaded_when_it_is_used():
    code = (
        "import sys, kerasgan; print('kerasgan.zoo' in sys.modules); "
        "kerasgan.zoo.names; print('kerasgan.zoo' in sys.modules)"
    )
    assert run(code).split() == ["False", "True"]


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'modles'"):
        _ = kerasgan.modles


# Which way imports run.


def test_every_part_of_the_package_has_its_row():
    parts = {part(module) for module in sources()} - {None}
    assert parts == set().union(*ROWS)


def test_imports_run_one_way():
    row = {name: i for i, names in enumerate(ROWS) for name in names}
    upward = {
        (importer, imported)
        for importer, imported in imports()
        if part(importer)
        and part(imported)
        and row[part(importer)] < row[part(imported)]
    }
    assert not upward


def test_no_two_parts_import_each_other():
    graph = {name: set() for names in ROWS for name in names}
    for importer, imported in imports():
        if part(importer) and part(imported) not in (None, part(importer)):
            graph[part(importer)].add(part(imported))
    # Raises a CycleError that names the cycle.
    order = list(graphlib.TopologicalSorter(graph).static_order())
    assert set(order) == set(graph)


def test_families_do_not_import_each_other():
    def family(module):
        names = module.split(".")
        if names[:2] != ["kerasgan", "models"] or len(names) < 3:
            return None
        return None if names[2] in SHARED_BY_FAMILIES else names[2]

    assert {family(module) for module in sources()} > {"gan", "lapgan"}
    crossing = {
        (importer, imported)
        for importer, imported in imports()
        # The package's own __init__ imports them all.
        if importer != "kerasgan.models"
        and family(imported)
        and family(importer) != family(imported)
    }
    assert not crossing


def test_nothing_in_the_package_imports_a_recipe():
    recipes = ("recipes", "kerasgan._recipes")
    assert not {pair for pair in imports() if pair[1].startswith(recipes)}


# What is written beside the package, and runs in no other test.


def snippets(path):
    """The Python of a script, or of each example in a document."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return [text]
    return re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def names_taken(code):
    """Dotted names of kerasgan that code takes, such as kerasgan.zoo.load."""
    nodes = list(ast.walk(ast.parse(code)))
    known = {"kerasgan": "kerasgan"}
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module.split(".")[0] == "kerasgan":
                for alias in node.names:
                    name = f"{node.module}.{alias.name}"
                    known[alias.asname or alias.name] = name
    taken = set(known.values())
    for node in nodes:
        attributes = []
        while isinstance(node, ast.Attribute):
            attributes.insert(0, node.attr)
            node = node.value
        if attributes and isinstance(node, ast.Name) and node.id in known:
            taken.add(".".join([known[node.id], *attributes]))
    return taken


def is_there(name):
    """Whether each part of a dotted name is, up to what is no module."""
    found = kerasgan
    for each in name.split(".")[1:]:
        if not isinstance(found, types.ModuleType):
            return True
        if not hasattr(found, each):
            try:
                importlib.import_module(f"{found.__name__}.{each}")
            except ModuleNotFoundError:
                return False
        found = getattr(found, each)
    return True


def test_a_name_that_is_not_there_would_be_found():
    code = """
from kerasgan import losses, zoo
zoo.load('a').generate(1)
zoo.lode(losses.hinge)
"""
    missing = {name for name in names_taken(code) if not is_there(name)}
    assert missing == {"kerasgan.losses.hinge", "kerasgan.zoo.lode"}


@pytest.mark.parametrize(
    "path",
    [
        *ROOT.glob("benchmarks/*.py"),
        *ROOT.glob("examples/*.py"),
        *ROOT.glob("recipes/*.py"),
        *DOCUMENTS,
    ],
    ids=lambda path: path.name,
)
def test_what_is_taken_of_the_package_is_there(path):
    names = set().union(*map(names_taken, snippets(path)))
    assert not [name for name in sorted(names) if not is_there(name)]


# What the documents point to.


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_relative_link_leads_somewhere(path):
    text = path.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)\s#]+)[^)]*\)", text)
    relative = [t for t in targets if not re.match(r"[a-z]+:", t)]
    missing = [t for t in relative if not (path.parent / t).exists()]
    assert not missing


def test_every_public_module_is_in_the_reference():
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    missing = [
        name
        for name in kerasgan._MODULES
        if f"## kerasgan.{name}\n" not in text
    ]
    assert not missing
