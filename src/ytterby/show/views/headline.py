"""The headline strip: what a minister takes away, each figure with the section that it comes from."""

from dataclasses import dataclass

from ytterby.show.language import say
from ytterby.show.views import article, stress
from ytterby.show.views.chain import shares
from ytterby.show.views.view import View
from ytterby.show.words import day, inside, kind_of, listed, money, named, percent, week_day, word


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
        costs = {"before": money(plan.cost_before), "after": money(plan.cost_after)}
        words = say("top.plan", first=plan.years[0], last=plan.years[-1], **costs)
        found.append(Headline(money(plan.spent), words, "#plan", True, "good"))
    return found + _due(view)


def _happened(view: View) -> Headline:
    events = article.what_happened(view)
    news = [event for _, event in events if event.get("salience") != "background"]
    first = (news or [event for _, event in events])[0]
    who, date = view.names.actors_of(first), first["date"]
    articles = len(view.brief.articles)
    values = {"event": inside(kind_of(first["type"])), "who": who, "count": len(events), "articles": articles}
    words = say("top.told_many" if articles > 1 else "top.told_one", **values)
    return Headline(day(date) if date else word("status", first["status"]), words, "#article", False)


def _share(view: View) -> list[Headline]:
    found = {product: share for product, share, _ in shares(view)}
    if not found or not view.dominant:
        return []
    product = view.main_product if view.main_product in found else max(found, key=lambda name: found[name].dominant)
    parts = [share.dominant for share in found.values()]
    who, ends = view.names.actor(view.dominant), {"low": percent(min(parts)), "high": percent(max(parts))}
    words = say("top.share", product=view.names.inside(product), who=who, **ends)
    return [Headline(percent(found[product].dominant), words, "#chain", found[product].est, "dominant")]


def _risk(view: View) -> Headline:
    worst, losses = stress.worst(view), stress.losses(view)
    scenario, found = view.brief.scenarios[worst], losses[worst]
    words = say(
        "top.risk",
        allies=view.allies_name,
        span=stress.span(view),
        scenario=named("scenario", scenario.name, scenario.name),
        weight=percent(scenario.weight),
        low=money(found.low),
        high=money(found.high),
        expected=money(stress.expected(view)),
    )
    return Headline(money(found.middle), words, "#stress", True, "dominant")


def _stop(view: View) -> Headline:
    found = stress.first_stop(view)
    if found is None:
        most = view.brief.outcomes[stress.worst(view)]
        words = say("top.no_stop_words", allies=view.allies_name, weeks=most.weeks)
        return Headline(say("top.no_stop"), words, "#stress", True)
    scenario, row = found
    use = view.use(str(row["use"]), str(row["product"]))
    when = day(week_day(scenario.start, float(row["weeks"])))
    name, number = named("scenario", scenario.name, scenario.name), say("top.stop_week", n=f"{row['weeks']:.0f}")
    who, chance = view.names.actor(str(row["actor"])), percent(row["chance"])
    words = say("top.stop", use=use, who=who, week=number, scenario=name, chance=chance)
    return Headline(when, words, "#stress", True, "dominant")


def _due(view: View) -> list[Headline]:
    rows = [row for row in view.brief.commitments if row["state"] == "open"]
    if not rows:
        return []
    dated = sorted((row for row in rows if row["due"]), key=lambda row: row["due"])
    if not dated:
        return [Headline(str(len(rows)), say("top.due_undated"), "#commitments", False)]
    who = listed(dict.fromkeys(view.names.actor(code) for code in dated[0]["actors"]))
    return [
        Headline(
            day(dated[0]["due"]),
            say("top.due", event=inside(kind_of(dated[0]["type"])), who=who, count=len(rows)),
            "#commitments",
            False,
        )
    ]
