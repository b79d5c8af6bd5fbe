"""The grid: labels to numbers, flows that balance, faults that are named."""

import numpy as np
import pytest

from tests.worlds import chain, two_suppliers, world
from ytterby.core.grid import grid
from ytterby.errors import DataError


def test_chain_has_the_hand_counted_nodes_slots_and_links() -> None:
    net = grid(chain())
    assert (len(net.output), len(net.need), len(net.flow)) == (3, 3, 3)
    assert sorted(net.need) == [1040.0, 2080.0, 2600.0]
    assert sorted(net.coefficient) == [1.0, 1.25, 2.0]


def test_flows_balance_to_machine_precision() -> None:
    net = grid(two_suppliers())
    assert np.allclose(np.bincount(net.link_node, net.flow), net.output, rtol=1e-12)
    assert np.allclose(np.bincount(net.link_slot, net.flow), net.need, rtol=1e-12)


def test_flows_that_do_not_add_up_are_named() -> None:
    with pytest.raises(DataError, match=r"magnet for car in JPN: 50 t/a arrive but 100 t/a are needed"):
        grid(
            world(
                [("magnet", "magnet")], [], [("magnet", "CHN", 50.0)], [("magnet", "CHN", "JPN", 50.0)], [("magnet", "JPN", "car", 100.0)]
            )
        )
