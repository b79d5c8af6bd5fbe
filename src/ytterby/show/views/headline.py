"""The headline strip: what a minister takes away, each figure with the section that it comes from."""

from dataclasses import dataclass

from ytterby.show.views import article, stress
from ytterby.show.views.chain import shares
from ytterby.show.views.view import View
from ytterby.show.words import day, kind_of, listed, money, percent, plain, week_day


@dataclass(frozen=True)
class Headline:
    """A figure, what it means, where it comes from, whether it is an estimate, its colour."""

    figure: str
    words: str
    href: str
    est: bool
    tone: str = ""


def headlines(view: View) -> list[Headline]:
    """Return up to six key figures; none without events."""
    brief = view.brief
    if not brief.events:
        return []
    found = [_happened(view), *_share(view)]
    if brief.scenarios:
        found += [_risk(view), _stop(view)]
    if brief.plan is not None and brief.plan.cost_before > 0:
        plan = brief.plan
        words = f"buys a plan that cuts the expected cost of shortages from {money(plan.cost_before)} to {money(plan.cost_after)}"
        found.append(Headline(money(plan.spent), f"{words}, {plan.years[0]} to {plan.years[-1]}", "#plan", True, "good"))
    return found + _due(view)


def _happened(view: View) -> Headline:
    events = article.what_happened(view)
    news = [event for _, event in events if event.get("salience") != "background"]
    first = (news or [event for _, event in events])[0]
    who, date = view.names.actors_of(first), first["date"]
    count = f"{len(events)} events read from {len(view.brief.articles)} article" + ("s" if len(view.brief.articles) > 1 else "")
    told = kind_of(first["type"]).lower()
    return Headline(day(date) if date else plain(first["status"]), f"{told}: {who}. {count}, each with its quote", "#article", False)


def _share(view: View) -> list[Headline]:
    found = {product: share for product, share, _ in shares(view)}
    if not found or not view.dominant:
        return []
    product = view.main_product if view.main_product in found else max(found, key=lambda name: found[name].dominant)
    parts = [share.dominant for share in found.values()]
    who = f"comes from {view.names.actor(view.dominant)}; along the chain {percent(min(parts))} to {percent(max(parts))}"
    words = f"of the world's {view.names.inside(product)} {who}"
    return [Headline(percent(found[product].dominant), words, "#chain", found[product].est, "dominant")]


def _risk(view: View) -> Headline:
    worst, losses = stress.worst(view), stress.losses(view)
    scenario, found = view.brief.scenarios[worst], losses[worst]
    words = (
        f"of value added at risk in {view.allies_name} in {stress.span(view)}, in the worst scenario ({scenario.name}, "
        f"{percent(scenario.weight)} likely); band {money(found.low)} to {money(found.high)}; "
        f"{money(stress.expected(view))} weighed over all"
    )
    return Headline(money(found.middle), words, "#stress", True, "dominant")


def _stop(view: View) -> Headline:
    found = stress.first_stop(view)
    if found is None:
        most = view.brief.outcomes[stress.worst(view)]
        return Headline(
            "No stop",
            f"in the median, no use of {view.allies_name} falls below half of its need within {most.weeks} weeks",
            "#stress",
            True,
        )
    scenario, row = found
    use = view.use(str(row["use"]), str(row["product"]))
    when = day(week_day(scenario.start, float(row["weeks"])))
    how = f"week {row['weeks']:.0f}, {scenario.name}, chance {percent(row['chance'])}"
    words = f"first stop: {use}, {view.names.actor(str(row['actor']))} ({how})"
    return Headline(when, words, "#stress", True, "dominant")


def _due(view: View) -> list[Headline]:
    rows = [row for row in view.brief.commitments if row["state"] == "open"]
    if not rows:
        return []
    dated = sorted((row for row in rows if row["due"]), key=lambda row: row["due"])
    if not dated:
        return [Headline(str(len(rows)), "commitments open, none with a date in the text", "#commitments", False)]
    who = listed(dict.fromkeys(view.names.actor(code) for code in dated[0]["actors"]))
    return [
        Headline(
            day(dated[0]["due"]),
            f"next due: {kind_of(dated[0]['type']).lower()}, {who}; {len(rows)} commitments open",
            "#commitments",
            False,
        )
    ]
