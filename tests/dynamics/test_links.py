"""A network given link by link: the same as the world's tables where both can say it, the kernel as model.py, and what is refused."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.dynamics.cases import DAY, scenario
from tests.worlds import world
from ytterby.core.links import LINKS, PRODUCERS, load_links
from ytterby.core.scenario import Shock
from ytterby.core.world import World, load_world
from ytterby.dynamics.draws import draw
from ytterby.dynamics.network import network
from ytterby.dynamics.simulate import run, stress
from ytterby.dynamics.stream import stream
from ytterby.errors import InputError

CHAIN = world(
    products=[("ore", "mine"), ("magnet", "magnet")],
    recipes=[("magnet", "ore", 2.0)],
    production=[("ore", "CHN", 200.0), ("magnet", "CHN", 60.0), ("magnet", "JPN", 40.0)],
    trade=[("ore", "CHN", "JPN", 80.0), ("magnet", "CHN", "USA", 60.0), ("magnet", "JPN", "USA", 40.0)],
    demand=[("magnet", "USA", "car", 100.0)],
    stocks=[("ore", "JPN", "industry", 30.0), ("magnet", "USA", "industry", 14.0)],
)
FIRMS = [("a", "ore", "CHN"), ("b", "magnet", "CHN"), ("c", "magnet", "JPN")]
FLOWS = [
    ("a", "b", None, None, 120.0),
    ("a", "c", None, None, 80.0),
    ("b", None, "USA", "car", 60.0),
    ("c", None, "USA", "car", 40.0),
]
HIT = scenario(
    Shock("ban", "CHN", ("JPN",), ("ore",), DAY), Shock("outage", "CHN", ("*",), ("magnet",), DAY, figures={"severity": (-0.5, -0.3, -0.1)})
)


def save(folder: Path, producers: list[tuple[object, ...]], links: list[tuple[object, ...]], **more: list[float]) -> Path:
    folder.mkdir(exist_ok=True)
    frame = pl.DataFrame(producers, schema=["producer", "product", "actor"], orient="row").with_columns(
        **{name: pl.Series(values) for name, values in more.items()}
    )
    frame.write_parquet(folder / PRODUCERS)
    pl.DataFrame(links, schema=["supplier", "buyer", "actor", "use", "t"], orient="row").write_parquet(folder / LINKS)
    return folder


def random(folder: Path, firms: int, degree: int, seed: int = 0) -> Path:
    """A network of firms in 5 countries and 6 products, each with some buyers further down and some final uses."""
    dice = np.random.default_rng(seed)
    product = np.sort(dice.integers(0, 6, firms))
    actors = np.array(["CHN", "JPN", "USA", "DEU", "AUS"])
    supplier = np.repeat(np.arange(firms), degree)
    buyer = supplier + dice.integers(1, firms, len(supplier))
    final = (buyer >= firms) | (product[supplier] == product[np.minimum(buyer, firms - 1)])
    links = pl.DataFrame(
        {
            "supplier": supplier,
            "buyer": pl.Series(buyer).set(pl.Series(final), None),
            "actor": pl.Series(actors[dice.integers(0, 5, len(supplier))]).set(pl.Series(~final), None),
            "use": pl.Series(["car"] * len(supplier)).set(pl.Series(~final), None),
            "t": dice.uniform(1.0, 10.0, len(supplier)),
        }
    )
    folder.mkdir()
    names = pl.DataFrame({"producer": np.arange(firms), "product": [f"p{number}" for number in product]})
    names.with_columns(actor=pl.Series(actors[dice.integers(0, 5, firms)])).write_parquet(folder / PRODUCERS)
    links.write_parquet(folder / LINKS)
    return folder


def test_it_is_the_network_of_the_tables_where_both_can_say_it(tmp_path: Path) -> None:
    given, grid = load_links(save(tmp_path / "net", [*FIRMS], [*FLOWS]), CHAIN)
    by_links = stress(given, HIT, weeks=60, draws=9, seed=1, net=network(given, grid))
    by_tables = stress(CHAIN, HIT, weeks=60, draws=9, seed=1)
    assert by_links.got == pytest.approx(by_tables.got, rel=1e-12)
    assert by_links.flows.drop("before").equals(by_tables.flows.drop("before")) or by_links.flows["after"].to_list() == pytest.approx(
        by_tables.flows["after"].to_list()
    )
    assert by_links.stops.select("product", "actor", "use", "weeks").equals(by_tables.stops.select("product", "actor", "use", "weeks"))


def test_the_kernel_is_the_model_on_a_network_of_firms(tmp_path: Path) -> None:
    given, grid = load_links(random(tmp_path / "net", 300, 8), load_world())
    net = network(given, grid)
    # A ban that leaks: where supply ends altogether, shares move by what rounding leaves of it, and two engines may part.
    leaks = {"passing": (0.1, 0.2, 0.3)}
    halves = {"severity": (-0.9, -0.5, 0.0)}
    ban, outage = (
        Shock("ban", "CHN", ("*",), ("p0", "p2"), DAY, figures=leaks),
        Shock("outage", "USA", ("*",), ("p3",), DAY, figures=halves),
    )
    hit = scenario(ban, outage)
    drawn = draw(given, hit, net, 9, seed=1)
    model, kernel = (run(net, given, hit, drawn, 40, engine=engine) for engine in ("model", "kernel"))
    assert kernel.got == pytest.approx(model.got, rel=1e-12, abs=1e-12 * model.wanted.max())
    assert (kernel.got < kernel.wanted * 0.99).any()


def test_without_a_shock_nothing_moves(tmp_path: Path) -> None:
    given, grid = load_links(random(tmp_path / "net", 200, 5, seed=3), load_world())
    net = network(given, grid)
    calm = run(net, given, scenario(), draw(given, scenario(), net, 1, seed=0), 30)
    assert calm.got == pytest.approx(calm.wanted, rel=1e-12)


def test_spare_capacity_of_a_producer_is_its_own(tmp_path: Path) -> None:
    _, grid = load_links(save(tmp_path / "net", [*FIRMS], [*FLOWS], capacity=[100.0, 90.0, 40.0]), CHAIN)
    assert grid.output.tolist() == [200.0, 60.0, 40.0]
    assert grid.capacity.tolist() == [200.0, 90.0, 40.0]


@pytest.mark.parametrize(
    ("firms", "flows", "says"),
    [
        ([*FIRMS, FIRMS[0]], FLOWS, "producer a stands there twice"),
        ([*FIRMS, ("d", "ore", "AUS")], FLOWS, "producer d delivers nothing"),
        (FIRMS, [*FLOWS, ("x", "b", None, None, 1.0)], "unknown supplier x; links.parquet, row 4"),
        (FIRMS, [*FLOWS, ("a", "y", None, None, 1.0)], "unknown buyer y"),
        (FIRMS, [*FLOWS, (None, "b", None, None, 1.0)], "a link without a supplier"),
        (FIRMS, [*FLOWS, ("a", None, "USA", None, 1.0)], "a final use without actor and use"),
        (FIRMS, [*FLOWS, ("a", "b", None, None, 0.0)], "t is 0.0; links.parquet, row 4"),
    ],
)
def test_what_is_wrong_is_named(firms: list[tuple[object, ...]], flows: list[tuple[object, ...]], says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        load_links(save(tmp_path / "net", firms, flows), World({}))


def test_a_file_that_is_absent_or_lacks_a_column_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not a Parquet file.*producers\.parquet"):
        load_links(tmp_path, World({}))
    save(tmp_path, [*FIRMS], [*FLOWS])
    pl.DataFrame({"supplier": ["a"]}).write_parquet(tmp_path / LINKS)
    with pytest.raises(InputError, match="no column 'buyer'"):
        load_links(tmp_path, World({}))


def test_the_command_line_takes_it_and_goes_on(tmp_path: Path) -> None:
    save(tmp_path / "net", [*FIRMS], [*FLOWS])
    text = '[scenario]\nname = "cut"\nstart = 2025-01-01\n[[shock]]\nkind = "ban"\nactor = "CHN"\nproducts = ["ore"]\nstart = 2025-01-01\n'
    (tmp_path / "cut.toml").write_text(text, encoding="utf-8")
    words = [sys.executable, "-m", "ytterby", "stress", "cut.toml", "--network", "net", "--weeks", "40", "--format", "csv"]
    for more in (["--show", "stops"], ["--draws", "70", "--out", "runs"]):
        done = subprocess.run([*words, *more], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert pl.read_csv(done.stdout.encode())["lost"].to_list() > [0.0]
    save(tmp_path / "net", [*FIRMS], [*FLOWS[:3], ("c", None, "USA", "car", 41.0)])
    other = subprocess.run([*words, "--draws", "70", "--out", "runs"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (other.returncode, "holds another run" in other.stderr) == (2, True)


def test_a_stream_takes_it(tmp_path: Path) -> None:
    given, grid = load_links(save(tmp_path / "net", [*FIRMS], [*FLOWS]), CHAIN)
    net = network(given, grid)
    table = stream(given, HIT, tmp_path / "runs", weeks=60, draws=9, seed=1, net=net)
    assert table.equals(stress(given, HIT, weeks=60, draws=9, seed=1, net=net).stops)
