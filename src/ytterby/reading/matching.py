"""Match the rules of events.toml against the clauses of a document."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from ytterby.reading.clauses import Clause
from ytterby.reading.document import Document
from ytterby.reading.mentions import Mention, inside, within
from ytterby.reading.quantities import MONEY, Quantity
from ytterby.reading.rules import Rule

ANTECEDENT = 45
NEAR = 25
RECENT = 60
PRICED, CLOSE = 30, 8
NOUNS = frozenset({"TARIFF", "EXPORT_CONTROL", "QUOTA", "SANCTION", "AGREEMENT", "DECLARATION", "PERMIT", "STOCKPILE", "PRICE_FLOOR"})
SORTS = {"money": frozenset(MONEY), "mass": frozenset({"t", "kt", "kg", "t/a", "kt/a", "kg/a"}), "percent": frozenset({"percent"})}


@dataclass(frozen=True)
class Match:
    """A rule and the words of a clause that triggered it; the first trigger is the anchor."""

    rule: Rule
    sentence: int
    clause: Clause
    triggers: tuple[Mention, ...]

    @property
    def at(self) -> int:
        """Where the anchor starts."""
        return self.triggers[0].start


class Words(NamedTuple):
    """What a clause names, by concept and by sort of quantity; found once for all rules."""

    sentence: int
    clause: Clause
    named: dict[str, list[Mention]]


def match(document: Document, rules: tuple[Rule, ...], taken: list[tuple[int, int]]) -> Iterator[Match]:
    """Yield the matches, sentence by sentence, in the order of the rules.

    The caller puts the anchors of what it accepts into `taken`: no later rule may start from those words.
    """
    by_anchor = _by_anchor(rules)
    for number, clauses in enumerate(document.clauses):
        scenes = [Words(number, clause, _named(document, clause)) for clause in clauses]
        # Of most rules no clause names the anchor: only the others are tried.
        asked = {index for scene in scenes for name in scene.named for index in by_anchor.get(name, ())}
        for rule in (rules[index] for index in sorted(asked)):
            for scene in scenes:
                if (found := _match(rule, scene, taken)) is not None:
                    yield found


@lru_cache(maxsize=4)
def _by_anchor(rules: tuple[Rule, ...]) -> dict[str, list[int]]:
    """The rules, by number, that may start from each concept or sort of quantity."""
    found: dict[str, list[int]] = defaultdict(list)
    for index, rule in enumerate(rules):
        for name in rule.when[0]:
            found[name].append(index)
    return dict(found)


def match_rule(document: Document, rule: Rule, sentence: int, clause: Clause, taken: list[tuple[int, int]]) -> Match | None:
    """Return the match of one rule in one clause, which may be put together by the caller, or None."""
    return _match(rule, Words(sentence, clause, _named(document, clause)), taken)


def _named(document: Document, clause: Clause) -> dict[str, list[Mention]]:
    found: dict[str, list[Mention]] = defaultdict(list)
    for mention in (*_antecedents(document, clause), *document.concepts_of(clause)):
        found[mention.value].append(mention)
    materials = clause.pick(document.materials)
    if materials:
        found["@material"] = materials
    for sort, amount in _amounts(document, clause):
        found[f"@{sort}"].append(amount)
    return found


def _antecedents(document: Document, clause: Clause) -> list[Mention]:
    """The noun that a relative clause is about: "export curbs, which China imposed in April"."""
    if clause.opener not in document.language.words("relatives"):
        return []
    start = clause.spans[0][0]
    return [m for m in inside(document.concepts, start - ANTECEDENT, start) if m.value in NOUNS][-1:]


def _match(rule: Rule, scene: Words, taken: list[tuple[int, int]]) -> Match | None:
    named = scene.named
    names = named.keys()
    if not names.isdisjoint(rule.without) or any(map(names.isdisjoint, rule.when)):
        return None
    anchors = _options(rule.when[0], named)
    for anchor in sorted(anchors, key=lambda m: _answered(m, named)) if "ANSWER" in named else anchors:
        if any(anchor.start < end and start < anchor.end for start, end in taken[-RECENT:]):
            continue
        triggers = [anchor]
        for alternatives in rule.when[1:]:
            free = [m for m in _options(alternatives, named) if not any(_overlap(m, t) for t in triggers)]
            free = [m for m in free if abs(m.start - anchor.start) <= rule.far]
            if not free:
                break
            triggers.append(min(free, key=lambda m: abs(m.start - anchor.start)))
        if len(triggers) == len(rule.when):
            return Match(rule, scene.sentence, scene.clause, tuple(triggers))
    return None


def _answered(anchor: Mention, named: dict[str, list[Mention]]) -> bool:
    """Whether an anchor is only what the clause's act answers: "in retaliation for U.S. tariffs, Canada doubled its duties"."""
    return any(0 <= anchor.start - answer.end <= NEAR for answer in named.get("ANSWER", ()))


def _overlap(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _options(alternatives: tuple[str, ...], named: dict[str, list[Mention]]) -> list[Mention]:
    if len(alternatives) == 1:
        return named.get(alternatives[0], [])
    return sorted((mention for name in alternatives for mention in named.get(name, ())), key=lambda mention: mention.start)


def quantities(document: Document, clause: Clause, sorts: tuple[str, ...]) -> list[Mention]:
    """Return a clause's quantities of some sorts (money, mass, percent, count) as mentions."""
    return [amount for sort, amount in _amounts(document, clause) if sort in sorts] if sorts else []


def _amounts(document: Document, clause: Clause) -> Iterator[tuple[str, Mention]]:
    """The quantities of a clause with their sort."""
    for quantity in clause.inside(document.quantities) if document.quantities else ():
        sort = next((name for name, units in SORTS.items() if quantity.unit in units), "count")
        sort = "price" if sort == "money" and _each(document, quantity) else sort
        yield sort, Mention("quantity", quantity.unit, quantity.start, quantity.end)


def _each(document: Document, quantity: Quantity) -> bool:
    """Whether an amount of money is the price of a unit of mass beside it: "600 dollars a kilo", "a tonne costs 9,000 dollars"."""
    reach = PRICED if document.language.spaces else CLOSE
    near = within(document.mentions, quantity.start - reach, quantity.end + reach, "unit")
    counted = inside(document.quantities, quantity.start - 2 * reach, quantity.end + 2 * reach)
    masses = [unit for unit in near if unit.value in SORTS["mass"]]
    return any(all(q.value <= 1 or not q.start <= unit.start < q.end for q in counted) for unit in masses)
