"""The house's one-way flow: a module imports only lower layers or its own folder."""

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[1] / "src" / "ytterby"
FILES = sorted(SOURCE.rglob("*.py"))
LAYERS: dict[str, set[str]] = {
    "errors": set(),
    "core": {"errors"},
    "cluster": {"errors", "core"},
    "data": {"errors", "core"},
    "reading": {"errors", "core"},
    "indicators": {"errors", "core"},
    "dynamics": {"errors", "core"},
    "planning": {"errors", "core", "indicators", "dynamics"},
    "show": {"errors", "core", "reading", "indicators", "dynamics", "planning"},
    "pipeline": {"errors", "core", "data", "reading", "indicators", "dynamics", "planning", "show"},
    "replay": {"errors", "core", "reading", "dynamics", "pipeline"},
    "web": {"errors", "core", "data", "reading", "indicators", "dynamics", "planning", "show", "pipeline"},
    "cli": {"errors", "core", "data", "reading", "indicators", "dynamics", "planning", "show", "pipeline", "replay", "web", "cluster"},
}
ALONE = {
    "dask": "cluster.py",
    "distributed": "cluster.py",
    "highspy": "planning/solver.py",
    "plotly": "show/",
    "jinja2": "show/",
    "ahocorasick": "reading/",
    "cyclopts": "cli/",
    "rich": "cli/console.py",
    "fastapi": "web/",
    "starlette": "web/",
    "uvicorn": "web/serve.py",
    "mcp": "web/assistants.py",
}


def imports(path: Path) -> set[str]:
    """Every dotted name that a file imports, at its head or inside a function."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path}: relative import"
            found |= {node.module} if node.module != "ytterby" else {f"ytterby.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_module_imports_only_lower_layers(path: Path) -> None:
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    if room in ("__init__", "__main__"):
        return
    for name in imports(path):
        if name.startswith("ytterby."):
            layer = name.split(".")[1]
            assert layer == room or layer in LAYERS[room] or layer == "__version__", f"{room} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_a_heavy_library_has_one_home(path: Path) -> None:
    place = path.relative_to(SOURCE).as_posix()
    for name in imports(path):
        home = ALONE.get(name.split(".")[0])
        assert home is None or place.startswith(home), f"{place} imports {name}, which belongs to {home}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_files_stay_short_and_say_their_job(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 300
    assert ast.get_docstring(ast.parse(text)), f"{path.name} does not say its job"
