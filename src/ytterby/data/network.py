"""The balanced network of the base year beyond the magnet chain: who makes, ships and uses each product, closed by reconcile.py.

From the last stage upstream. Published: output by country with its spread, customs flows (gross weight x content). Estimated: use by
country is what a country makes and imports less what it exports, where customs know the product, else the world's output shared out by
GDP; home supply is output less exports; an earlier stage feeds the next in the ratio of the world's outputs (losses, scrap and stock
changes of the year are in that ratio). Every flow and use of the result is flagged `estimated`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from ytterby.core.grid import Floats
from ytterby.data.chain import estimate
from ytterby.data.reconcile import Accounts, reconcile

Tables = Mapping[str, pl.DataFrame]

FLOW_ERROR = 0.3
"""Standard error of a customs flow in contained tonnes, relative: content, misclassified goods, transit trade (assumed)."""
HOME_ERROR = 0.5
GRAVITY_ERROR = 1.0
USE_ERROR = 0.5
"""Relative standard errors of home supply, of flows without customs data, and of use (assumed)."""
UNSEEN = 0.5
"""Error of a flow that customs do not know, as a share of what output and use would make likely (assumed)."""
LEAST_ERROR = 0.02
"""No output is surer than this, relative."""
FLOOR = 3e-3
"""Users below this share of the world's use are put together as ROW."""
TRIFLE = 1e-5
"""Flows below this share of the world's output are dropped, and the rest closed again."""
UNLIKE = frozenset({("bauxite_mine", "alumina_refined"), ("alumina_refined", "aluminium_metal")})
"""Stages that count different things and feed each other all the same; all others must count the same (products.counts)."""
RATIOS = (0.5, 3.0)
"""Tonnes of the earlier stage per tonne of the next between which the one is taken to feed the other."""


@dataclass(frozen=True)
class Closed:
    """One product's closed accounts: output (actor, t), flows (exporter, importer, t), use (actor, t), corrections.

    taken_by: the product of the next stage that takes all of it, per: tonnes of this per tonne of that; or None: its use is final.
    """

    product: str
    taken_by: str | None
    per: float
    output: pl.DataFrame
    flows: pl.DataFrame
    use: pl.DataFrame
    corrections: pl.DataFrame


def close(tables: Tables, year: int, chains: Iterable[tuple[str, ...]]) -> list[Closed]:
    """Close every chain of products (mine first), last stage first: what a stage needs is use of the stage before it.

    tables: products, production, customs, customs_codes, scores (gdp_usd). Products without output in the year are left out.
    """
    found = []
    for chain in chains:
        taken: Closed | None = None
        for product in reversed(chain):
            made = tables["production"].filter((pl.col("year") == year) & (pl.col("product") == product) & (pl.col("t") > 0)).sort("actor")
            if made.is_empty():
                continue
            closed = _close(tables, year, product, made, taken)
            found.append(closed)
            taken = closed
    return found


def ratio(earlier: float, later: float) -> float | None:
    """Return tonnes of an earlier stage per tonne of the next from the world's outputs, or None if the one cannot feed the other.

    >>> ratio(290.0, 220.0), ratio(10.0, 1000.0)
    (1.3181818181818181, None)
    """
    per = earlier / later if later > 0 else 0.0
    return per if RATIOS[0] <= per <= RATIOS[1] else None


def _close(tables: Tables, year: int, product: str, made: pl.DataFrame, following: Closed | None) -> Closed:
    total = float(made["t"].sum())
    per = ratio(total, float(following.output["t"].sum())) if following is not None and _alike(tables, product, following.product) else None
    trade = _customs(tables, year, product)
    if following is not None and per is not None:
        used = following.output.select("actor", use=pl.col("t") * per, error=pl.col("t") * per * 1e-6)
    else:
        used = _anchored(product, _uses(tables, year, made, trade, total), total)
    flows = _prior(made, used, trade, total)
    closed = _solve(made, used, flows)
    kept = closed.filter(pl.col("t") > TRIFLE * total).join(flows, on=["exporter", "importer"], how="inner", maintain_order="left")
    closed = _solve(made, used, kept.select(flows.columns))
    taken_by = following.product if following is not None and per is not None else None
    return Closed(product, taken_by, per or 1.0, *_result(year, product, made, used, trade, closed))


def _alike(tables: Tables, product: str, following: str) -> bool:
    """Whether a tonne of both counts the same thing, so that gross weight never feeds contained metal."""
    counts = tables["products"].filter(pl.col("product").is_in([product, following]))["counts"]
    return (product, following) in UNLIKE or counts.n_unique() == 1


def _customs(tables: Tables, year: int, product: str) -> pl.DataFrame:
    """Customs flows of a product in its own tonnes, of the latest year known: exporter, importer, t."""
    codes = tables["customs_codes"].filter((pl.col("product") == product) & pl.col("content").is_not_null()).select("hs6", "content")
    seen = tables["customs"].filter((pl.col("year") <= year) & pl.col("t").is_not_null()).join(codes, on="hs6", maintain_order="left")
    rows = seen.filter(pl.col("year") == pl.col("year").max())
    own = rows.select("exporter", "importer", t=pl.col("t") * pl.col("content")).filter(pl.col("exporter") != pl.col("importer"))
    return (
        own.group_by("exporter", "importer", maintain_order=True)
        .agg(pl.col("t").sum())
        .filter(pl.col("t") > 0)
        .sort("exporter", "importer")
    )


def _uses(tables: Tables, year: int, made: pl.DataFrame, trade: pl.DataFrame, total: float) -> pl.DataFrame:
    """Prior of use by country, scaled to the world's output, small users as ROW: actor, use, error."""
    if trade.height:
        imports = trade.group_by(actor="importer", maintain_order=True).agg(pl.col("t").sum())
        exports = trade.group_by(actor="exporter", maintain_order=True).agg(-pl.col("t").sum())
        parts = pl.concat([made.select("actor", "t"), imports, exports])
        apparent = parts.group_by("actor", maintain_order=True).agg(use=pl.col("t").sum().clip(lower_bound=0.0))
    else:
        gdp = tables["scores"].filter((pl.col("score") == "gdp_usd") & (pl.col("year") <= year))
        apparent = gdp.sort("year").group_by("actor", maintain_order=True).agg(use=pl.col("value").last())
        if apparent.is_empty():
            apparent = made.select("actor", use="t")
    share = pl.col("use") / pl.col("use").sum()
    named = apparent.with_columns(actor=pl.when(share >= FLOOR).then("actor").otherwise(pl.lit("ROW")))
    scaled = named.group_by("actor", maintain_order=True).agg(pl.col("use").sum()).with_columns(use=share * total).sort("actor")
    return scaled.filter(pl.col("use") > 0).with_columns(error=USE_ERROR * pl.col("use") + 1e-3 * total)


def _anchored(product: str, used: pl.DataFrame, total: float) -> pl.DataFrame:
    """Put published uses (estimates/use_anchors.csv) in the place of shares of GDP; the others share the rest."""
    known = estimate("use_anchors").filter(pl.col("product") == product).select("actor", known=pl.col("t").cast(pl.Float64))
    if known.is_empty():
        return used
    joined = used.join(known, on="actor", how="left", maintain_order="left")
    free = float(joined.filter(pl.col("known").is_null())["use"].sum())
    rest = max(0.0, total - float(joined["known"].sum())) / free if free > 0 else 0.0
    scaled = joined.with_columns(use=pl.coalesce("known", pl.col("use") * rest))
    sure = pl.when(pl.col("known").is_null()).then(USE_ERROR * pl.col("use") + 1e-3 * total).otherwise(0.1 * pl.col("use"))
    return scaled.with_columns(error=sure).filter(pl.col("use") > 0).drop("known")


def _prior(made: pl.DataFrame, used: pl.DataFrame, trade: pl.DataFrame, total: float) -> pl.DataFrame:
    """Prior of every flow that may be (exporter, importer, t, error): customs, home supply, and a trifle of gravity elsewhere."""
    takers = used["actor"].to_list()
    named = trade.with_columns(importer=pl.when(pl.col("importer").is_in(takers)).then("importer").otherwise(pl.lit("ROW")))
    seen = named.group_by("exporter", "importer", maintain_order=True).agg(seen=pl.col("t").sum())
    abroad = named.group_by(exporter="exporter", maintain_order=True).agg(out=pl.col("t").sum())
    pairs = made.select(exporter="actor", made="t").join(used.select(importer="actor", use="use"), how="cross")
    pairs = (
        pairs.join(seen, on=["exporter", "importer"], how="left", maintain_order="left")
        .join(abroad, on="exporter", how="left", maintain_order="left")
        .fill_null(0.0)
    )
    # Who is no named user is part of ROW, and so is its home supply.
    home = (pl.col("exporter") == pl.col("importer")) | ((pl.col("importer") == "ROW") & ~pl.col("exporter").is_in(takers))
    gravity = pl.col("made") * pl.col("use") / total
    known = pl.lit(trade.height > 0)
    t = (
        pl.when(home & known)
        .then(pl.col("seen") + (pl.col("made") - pl.col("out")).clip(lower_bound=0.0))
        .when(known)
        .then("seen")
        .otherwise(gravity)
    )
    relative = pl.when(home).then(HOME_ERROR).when(known).then(FLOW_ERROR).otherwise(GRAVITY_ERROR)
    # Customs miss flows (secret, misclassified): one that they do not know may still be, and gives way before a published output does.
    error = (relative * pl.col("flow") + UNSEEN * gravity).clip(lower_bound=1e-7 * total)
    return pairs.with_columns(flow=t).select("exporter", "importer", t="flow", error=error).sort("exporter", "importer")


def _solve(made: pl.DataFrame, used: pl.DataFrame, flows: pl.DataFrame) -> pl.DataFrame:
    makers, takers = made["actor"].to_list(), used["actor"].to_list()
    spread = np.maximum(0.0, (made["high"] - made["low"]).fill_null(0.0).to_numpy()) / 2
    output = made["t"].to_numpy().astype(float)
    place = {actor: number for number, actor in enumerate(makers)}, {actor: number for number, actor in enumerate(takers)}
    accounts = Accounts(
        maker=np.array([place[0][actor] for actor in flows["exporter"]], dtype=np.int64),
        taker=np.array([place[1][actor] for actor in flows["importer"]], dtype=np.int64),
        flow=_floats(flows["t"]),
        flow_error=_floats(flows["error"]),
        output=output,
        output_error=np.maximum(spread, LEAST_ERROR * output),
        use=_floats(used["use"]),
        use_error=_floats(used["error"]),
    )
    return flows.select("exporter", "importer", t=pl.Series(reconcile(accounts))).filter(pl.col("t") > 0)


def _floats(values: pl.Series) -> Floats:
    return np.asarray(values.to_numpy(), dtype=np.float64)


Frames = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]


def _result(year: int, product: str, made: pl.DataFrame, used: pl.DataFrame, trade: pl.DataFrame, flows: pl.DataFrame) -> Frames:
    """Output, flows, use and corrections of the closed accounts."""
    sent = flows.group_by(actor="exporter", maintain_order=True).agg(pl.col("t").sum())
    output = made.select("actor").join(sent, on="actor", how="left", maintain_order="left").fill_null(0.0)
    use = flows.group_by(actor="importer", maintain_order=True).agg(pl.col("t").sum()).sort("actor")
    abroad = flows.filter(pl.col("exporter") != pl.col("importer"))
    base = made.select("actor", before="t", error=((pl.col("high") - pl.col("low")) / 2).fill_null(0.0), source="source")
    ours = pl.lit("ytterby_reconcile" if trade.height else "ytterby_gravity").alias("source")
    parts = [_moved(output, base, "production"), _moved(use, used.select("actor", "error", ours, before="use"), "use")]
    if trade.height:
        for side, item in (("exporter", "exports"), ("importer", "imports")):
            seen = (
                trade.group_by(actor=side, maintain_order=True)
                .agg(before=pl.col("t").sum())
                .with_columns(ours, error=FLOW_ERROR * pl.col("before"))
            )
            now = abroad.group_by(actor=side, maintain_order=True).agg(pl.col("t").sum())
            parts.append(_moved(now, seen, item))
    return output, flows, use, pl.concat(parts).with_columns(year=pl.lit(year), product=pl.lit(product))


def _moved(now: pl.DataFrame, base: pl.DataFrame, item: str) -> pl.DataFrame:
    joined = base.join(now, on="actor", how="left", maintain_order="left")
    columns = {"item": pl.lit(item), "after": pl.col("t").fill_null(0.0)}
    return joined.with_columns(**columns).select("actor", "item", "before", "after", "error", "source")
