"""The schema and the tables that must follow it."""

import polars as pl
import pytest

from ytterby.core import schema
from ytterby.core.world import World, load_world, table_names
from ytterby.errors import DataError


def test_every_table_has_a_key_and_every_reference_exists() -> None:
    for table, columns in schema.tables().items():
        assert any(column.key for column in columns), table
        for column in columns:
            assert column.dtype in schema.DTYPES
            assert column.description
            if column.reference:
                other, name = column.reference.split(".")
                assert name in [c.name for c in schema.columns(other)]


def test_all_faults_are_collected_with_their_place() -> None:
    frame = pl.DataFrame({"stage": ["mine", "mine"], "place": [1, -1], "name": ["Mine", None]})
    with pytest.raises(DataError) as caught:
        schema.require("stages", frame)
    assert len(caught.value.faults) == 3
    assert "stages.place: row 1 holds -1, outside 1..inf." in str(caught.value)


def test_a_broken_reference_names_the_value() -> None:
    world = World(
        {
            "products": pl.DataFrame(
                {"product": ["x"], "name": ["X"], "material": ["y"], "stage": ["mine"], "counts": ["x"], "content": [1.0]}
            )
        }
    )
    assert any("products.material: row 0 holds 'y'" in fault for fault in world.check())


def test_the_embedded_world_is_sound() -> None:
    assert load_world().check() == []


def test_every_figure_says_its_source_and_basis() -> None:
    world = load_world()
    for table in table_names():
        frame = world[table]
        for column in ("source", "basis"):
            if column in frame.columns and table != "sources":
                assert frame[column].null_count() == 0, f"{table}.{column}"


def test_a_saved_world_loads_the_same(tmp_path: object) -> None:
    world = load_world()
    world.save(str(tmp_path))
    again = load_world(str(tmp_path))
    for table in table_names():
        assert again[table].equals(world[table]), table
