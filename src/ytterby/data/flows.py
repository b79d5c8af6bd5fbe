"""Who uses and who ships: final demand, and trade by biproportional balancing of a prior between output and need."""

import numpy as np
import polars as pl

from ytterby.core.grid import Floats
from ytterby.data.balance import balance
from ytterby.data.chain import ELEMENTS, PER_MAGNET, PER_METAL, PER_OXIDE, YEAR, estimate

HOME = 8.0
"""How much likelier a tonne stays at home than the gravity prior says (assumed: plants are fed by their own country first)."""


def demand(production: pl.DataFrame) -> pl.DataFrame:
    """Return table `demand`: magnets by country and use, oxides for other uses, scaled so that all that is made is used."""
    magnets = float(production.filter(pl.col("product") == "ndfeb_magnet")["t"].sum())
    need = estimate("magnet_need")
    need = need.with_columns(t=pl.col("t") / pl.col("t").sum() * magnets)
    shares = estimate("use_shares")
    default = shares.filter(pl.col("actor") == "*").drop("actor", "source")
    uses = default.columns
    rows = []
    for row in need.iter_rows(named=True):
        own = shares.filter(pl.col("actor") == row["actor"]).drop("actor", "source")
        part = np.array((own if own.height else default).row(0), dtype=float)
        rows += [("ndfeb_magnet", row["actor"], use, t) for use, t in zip(uses, part / part.sum() * row["t"], strict=True)]
    rows += _other_uses(production)
    frame = pl.DataFrame(rows, schema=["product", "actor", "use", "t"], orient="row").filter(pl.col("t") > 0)
    return frame.with_columns(
        year=pl.lit(YEAR), low=pl.col("t") * 0.7, high=pl.col("t") * 1.3, basis=pl.lit("estimated"), source=pl.lit("ytterby_end_uses")
    )


def _other_uses(production: pl.DataFrame) -> list[tuple[str, str, str, float]]:
    made = dict(production.group_by("product", maintain_order=True).agg(pl.col("t").sum()).iter_rows())
    rows = []
    for element in ELEMENTS:
        left = made[f"{element}_oxide"] - PER_METAL * made[f"{element}_metal"]
        rows += [
            (f"{element}_oxide", actor, "other", left * share)
            for actor, share in estimate("other_use").select("actor", "share").iter_rows()
        ]
    return rows


def trade(customs: pl.DataFrame, production: pl.DataFrame, demand: pl.DataFrame) -> pl.DataFrame:
    """Return table `trade`: every product's flows between different countries; rows meet output, columns meet need."""
    frames = [_product_trade(customs, product, production, demand) for product in sorted(set(production["product"]))]
    return pl.concat(frames).with_columns(year=pl.lit(YEAR), usd=pl.lit(None, pl.Float64), basis=pl.lit("estimated"))


def _product_trade(customs: pl.DataFrame, product: str, production: pl.DataFrame, demand: pl.DataFrame) -> pl.DataFrame:
    made = production.filter(pl.col("product") == product).sort("actor")
    needed = _need(product, production, demand)
    source, prior = _prior(customs, product, made, needed)
    rows, columns = made["t"].to_numpy().astype(float), needed["t"].to_numpy().astype(float)
    columns = columns * (rows.sum() / columns.sum())
    flows = balance(prior, rows, columns)
    exporter, importer = np.nonzero(flows > 1e-3)
    frame = pl.DataFrame(
        {
            "product": [product] * len(exporter),
            "exporter": [made["actor"][int(i)] for i in exporter],
            "importer": [needed["actor"][int(j)] for j in importer],
            "t": flows[exporter, importer],
            "source": [source] * len(exporter),
        }
    )
    return frame.filter(pl.col("exporter") != pl.col("importer"))


def _need(product: str, production: pl.DataFrame, demand: pl.DataFrame) -> pl.DataFrame:
    """Need of a product by country: recipe x output of the next stage plus final demand."""
    element, form = product.split("_")
    parts = [demand.filter(pl.col("product") == product).select("actor", "t")]
    following = {"concentrate": (f"{element}_oxide", PER_OXIDE), "oxide": (f"{element}_metal", PER_METAL)}.get(form)
    if form == "metal":
        following = ("ndfeb_magnet", PER_MAGNET[element])
    if following and form != "magnet":
        users = production.filter(pl.col("product") == following[0])
        parts.append(users.select("actor", t=pl.col("t") * following[1]))
    return pl.concat(parts).group_by("actor", maintain_order=True).agg(pl.col("t").sum()).sort("actor")


def _prior(customs: pl.DataFrame, product: str, made: pl.DataFrame, needed: pl.DataFrame) -> tuple[str, Floats]:
    """Return the source's name and the prior: known routes where there are any, else gravity, home trade preferred, plus customs flows."""
    rows, columns = made["t"].to_numpy().astype(float), needed["t"].to_numpy().astype(float)
    gravity = np.outer(rows, columns) / columns.sum()
    form = product.split("_")[1]
    exporters, importers = made["actor"].to_list(), needed["actor"].to_list()
    for i, exporter in enumerate(exporters):
        if exporter in importers:
            gravity[i, importers.index(exporter)] *= HOME
    if form == "concentrate":
        return "ytterby_routes", _routed(gravity * 1e-3, "mine", exporters, importers, rows)
    if form == "magnet":
        return "ytterby_magnet_flows", _routed(gravity, "magnet", exporters, importers, np.full(len(rows), 58152 / 35982))
    codes = ["284610", "284690"] if form == "oxide" else ["280530"]
    seen = customs.filter((pl.col("year") <= YEAR) & pl.col("hs6").is_in(codes) & pl.col("t").is_not_null())
    return "ytterby_oxide_metal_flows", _tilted(gravity, seen.filter(pl.col("year") == pl.col("year").max()), exporters, importers)


def _tilted(prior: Floats, seen: pl.DataFrame, exporters: list[str], importers: list[str]) -> Floats:
    """Give each exporter's foreign sales the pattern of its customs flows: the codes mix elements and forms, so only the pattern counts."""
    flows = seen.filter(
        pl.col("exporter").is_in(exporters) & pl.col("importer").is_in(importers) & (pl.col("exporter") != pl.col("importer"))
    )
    observed = np.zeros_like(prior)
    for exporter, importer, t in flows.group_by("exporter", "importer", maintain_order=True).agg(pl.col("t").sum()).iter_rows():
        observed[exporters.index(exporter), importers.index(importer)] = t
    for i, exporter in enumerate(exporters):
        abroad = np.array([importer != exporter for importer in importers])
        if observed[i].sum() > 0:
            prior[i, abroad] = prior[i, abroad].sum() * (
                0.9 * observed[i, abroad] / observed[i].sum() + 0.1 * prior[i, abroad] / prior[i, abroad].sum()
            )
    return prior


def _routed(prior: Floats, stage: str, exporters: list[str], importers: list[str], scale: Floats) -> Floats:
    for exporter, importer, weight in (
        estimate("routes").filter(pl.col("stage") == stage).select("exporter", "importer", "weight").iter_rows()
    ):
        if exporter in exporters and importer in importers:
            i, j = exporters.index(exporter), importers.index(importer)
            prior[i, j] = weight * scale[i] if stage == "magnet" else prior[i, j] + weight * scale[i]
    if stage == "mine" and "CHN" in exporters and "CHN" in importers:
        prior[exporters.index("CHN"), importers.index("CHN")] += scale[exporters.index("CHN")]
    return prior
