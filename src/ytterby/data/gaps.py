"""Published figures, entered by hand: of minerals and stages of which no loaded file tells the output, and printed rankings."""

import polars as pl

from ytterby.core import schema
from ytterby.data.chain import estimate


def read() -> pl.DataFrame:
    """Return table `observations` of estimates/gaps.csv: the products' own tonnes a year, each with its source and what to know of it.

    What a publisher prints stands under that publisher. What is reckoned stands under ytterby_gaps: t = share x world total (estimated,
    both sources named in the note) or the last known output carried forward (assumed). What nobody publishes has no t, basis 'missing'
    and the reason. Raises DataError with every fault of the file (a repeated key, a value out of its range).

    >>> read().filter(year=2024, product="uranium_mine", actor="KAZ", source="wna_2026")["t"].item()
    23270.0
    """
    return schema.require("observations", estimate("gaps"))


def published() -> pl.DataFrame:
    """Return table `published` of estimates/published.csv: official rankings that come as printed lists, not as files to load.

    >>> published().filter(list="bgs_2015", name="Sb")["value"].item()
    9.0
    """
    return schema.require("published", estimate("published"))
