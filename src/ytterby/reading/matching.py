"""Match the rules of events.toml against the clauses of a document."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from ytterby.reading.clauses import Clause
from ytterby.reading.document import Document
from ytterby.reading.mentions import Mention, within
from ytterby.reading.quantities import MONEY
from ytterby.reading.rules import Rule

ANTECEDENT = 45
NEAR = 25
RECENT = 60
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


@dataclass(frozen=True)
class Words:
    """What a clause names, by concept and by sort of quantity; found once for all rules."""

    sentence: int
    clause: Clause
    named: dict[str, list[Mention]]


def match(document: Document, rules: tuple[Rule, ...], taken: list[tuple[int, int]]) -> Iterator[Match]:
    """Yield the matches, sentence by sentence, in the order of the rules.

    The caller puts the anchors of what it accepts into `taken`: no later rule may start from those words.
    """
    for number, clauses in enumerate(document.clauses):
        scenes = [Words(number, clause, _named(document, clause)) for clause in clauses]
        for rule in rules:
            for scene in scenes:
                if not scene.named.keys().isdisjoint(rule.when[0]) and (found := _match(rule, scene, taken)) is not None:
                    yield found


def match_rule(document: Document, rule: Rule, sentence: int, clause: Clause, taken: list[tuple[int, int]]) -> Match | None:
    """Return the match of one rule in one clause, which may be put together by the caller, or None."""
    return _match(rule, Words(sentence, clause, _named(document, clause)), taken)


def _named(document: Document, clause: Clause) -> dict[str, list[Mention]]:
    found: dict[str, list[Mention]] = defaultdict(list)
    for mention in [*clause.pick(document.mentions, "concept"), *_antecedents(document, clause)]:
        found[mention.value].append(mention)
    materials = clause.pick(document.materials)
    if materials:
        found["@material"] = materials
    for sort in ("money", "mass", "percent", "count"):
        if amounts := quantities(document, clause, (sort,)):
            found[f"@{sort}"] = amounts
    return found


def _antecedents(document: Document, clause: Clause) -> list[Mention]:
    """The noun that a relative clause is about: "export curbs, which China imposed in April"."""
    if clause.opener not in document.language.words("relatives"):
        return []
    start = clause.spans[0][0]
    return [m for m in within(document.mentions, start - ANTECEDENT, start, "concept") if m.value in NOUNS][-1:]


def _match(rule: Rule, scene: Words, taken: list[tuple[int, int]]) -> Match | None:
    named = scene.named
    if not all(any(name in named for name in alternatives) for alternatives in rule.when) or any(name in named for name in rule.without):
        return None
    for anchor in sorted(_options(rule.when[0], named), key=lambda m: _answered(m, named)):
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
    return sorted((mention for name in alternatives for mention in named.get(name, ())), key=lambda mention: mention.start)


def quantities(document: Document, clause: Clause, sorts: tuple[str, ...]) -> list[Mention]:
    """Return a clause's quantities of some sorts (money, mass, percent, count) as mentions."""
    found = []
    for quantity in clause.inside(document.quantities):
        sort = next((name for name, units in SORTS.items() if quantity.unit in units), "count")
        if sort in sorts:
            found.append(Mention("quantity", quantity.unit, quantity.start, quantity.end))
    return found
