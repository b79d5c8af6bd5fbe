"""The notebook runs from top to bottom, and shows frames and figures as such."""

from pathlib import Path

import nbformat
from nbclient import NotebookClient

TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour.ipynb"


def test_the_tour_runs_and_shows_its_frames_and_figures() -> None:
    notebook = nbformat.read(TOUR, as_version=4)
    NotebookClient(notebook, timeout=600, startup_timeout=300, resources={"metadata": {"path": str(TOUR.parent)}}).execute()
    kinds = [set(output.get("data", {})) for cell in notebook.cells for output in cell.get("outputs", [])]
    assert sum("text/html" in kind for kind in kinds) >= 4
    assert any("application/vnd.plotly.v1+json" in kind for kind in kinds)


def test_the_tour_is_kept_without_results() -> None:
    notebook = nbformat.read(TOUR, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
