"""The world's outlines as one small GeoJSON of our own, made from Natural Earth (public domain).

    python -m ytterby.show.geo countries-110m.json countries.csv

turns the TopoJSON of Natural Earth 1:110 m (https://www.naturalearthdata.com, as packed by world-atlas) into `world.geojson` beside this
file: ISO 3166 alpha-3 codes as ids, coordinates to a tenth of a degree, no Antarctica. countries.csv: columns isonum and iso3.
"""

import csv
import json
import sys
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

CREDIT = "Outlines: Natural Earth 1:110 m, public domain. They say nothing about borders in dispute."
LEFT_OUT = ("ATA",)
Ring = list[list[float]]


@cache
def outlines() -> dict[str, Any]:
    """Return the outlines of countries, ids ISO 3166 alpha-3.

    >>> sorted({feature["type"] for feature in outlines()["features"]})
    ['Feature']
    """
    text = resources.files("ytterby.show").joinpath("world.geojson").read_text(encoding="utf-8")
    return dict(json.loads(text))


def convert(topology: dict[str, Any], codes: dict[str, str], digits: int = 1) -> dict[str, Any]:
    """Return a TopoJSON's countries as a GeoJSON of rounded outlines; a country without a code or left with no area is dropped.

    codes: ISO numeric -> alpha-3. Arcs are delta-coded integers: position = cumulated sum x scale + translate.

    >>> topology = {"transform": {"scale": [1, 1], "translate": [0, 0]}, "arcs": [[[0, 0], [2, 0], [0, 2], [-2, 0], [0, -2]]],
    ...     "objects": {"countries": {"geometries": [{"type": "Polygon", "arcs": [[0]], "id": "392"}]}}}
    >>> convert(topology, {"392": "JPN"})["features"][0]["geometry"]["coordinates"]
    [[[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]]
    """
    arcs = [_positions(arc, topology["transform"]) for arc in topology["arcs"]]
    features = []
    for shape in topology["objects"]["countries"]["geometries"]:
        code = codes.get(str(shape.get("id")), "")
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings = [[_ring(ring, arcs, digits) for ring in polygon] for polygon in polygons]
        kept = [[ring for ring in polygon if len(ring) > 3] for polygon in rings]
        kept = [polygon for polygon in kept if polygon]
        if code and code not in LEFT_OUT and kept:
            features.append(_feature(code, kept))
    return {"type": "FeatureCollection", "features": sorted(features, key=lambda feature: feature["id"])}


def _feature(code: str, polygons: list[list[Ring]]) -> dict[str, Any]:
    return {"type": "Feature", "id": code, "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": polygons}}


def _positions(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    (scale_x, scale_y), (move_x, move_y) = transform["scale"], transform["translate"]
    x = y = 0
    found = []
    for step_x, step_y in arc:
        x, y = x + step_x, y + step_y
        found.append([x * scale_x + move_x, y * scale_y + move_y])
    return found


def _ring(numbers: list[int], arcs: list[Ring], digits: int) -> Ring:
    """Join a ring's arcs (~n is arc n backwards), round, and drop points that rounding has made the same."""
    joined: Ring = []
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        joined += arc if not joined else arc[1:]
    rounded = [[_short(value, digits) for value in point] for point in joined]
    return [point for place, point in enumerate(rounded) if place == 0 or point != rounded[place - 1]]


def _short(value: float, digits: int) -> float:
    near = round(value, digits)
    return int(near) if near == int(near) else near


def main(topology: str, countries: str) -> None:
    """Write world.geojson beside this file."""
    with Path(countries).open(encoding="utf-8") as lines:
        codes = {row["isonum"]: row["iso3"] for row in csv.DictReader(lines)}
    found = convert(json.loads(Path(topology).read_text(encoding="utf-8")), codes)
    text = json.dumps(found, separators=(",", ":"))
    Path(__file__).with_name("world.geojson").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
