"""Events that no rule tells but that the words of a sentence together make likely.

A rule asks for certain concepts in one clause. News finds other ways to say the same, so a second look weighs all that a sentence names
(concepts, sorts of quantity, kinds of actor, events that rules tell of it) with weights learnt from labelled articles (weigh.py):
log-odds that are added up, the same for every language. What is likely enough is proposed with the roles of that type's rules and
judged by the same gate; its words and weights are told by `--explain`.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from math import exp
from pathlib import Path

from ytterby.reading.candidates import Candidate, Refusal
from ytterby.reading.clauses import Clause
from ytterby.reading.document import Document
from ytterby.reading.matching import SORTS, Match
from ytterby.reading.mentions import Mention, inside
from ytterby.reading.rules import Rule, load_rules

FILE = Path(__file__).resolve().parent / "weights.csv"
BIAS = "@bias"
LEAST = 0.45
"""How likely an event must be to be proposed."""
UNSAID = frozenset({"negated", "denied", "hypothetical", "a question", "an aim, no act", "part of another act", "no material"})
"""Why a rule may refuse an act that its words tell: then no weight makes it likely."""
Weights = dict[str, dict[str, float]]
Named = dict[str, list[Mention]]


def features(document: Document, start: int, end: int) -> Named:
    """Return what a stretch names: concepts, and under names with @ its quantities, materials, dates and kinds of actor.

    >>> from ytterby.reading.document import analyse
    >>> from ytterby.reading.lexicon import load_language
    >>> document = analyse("China banned exports of gallium.", None, load_language("en"))
    >>> sorted(name for name in features(document, 0, 32) if name.startswith("@"))
    ['@material', '@state']
    """
    named: Named = {}
    for mention in inside(document.concepts, start, end):
        named.setdefault(mention.value, []).append(mention)
    for quantity in inside(document.quantities, start, end):
        sort = next((name for name, units in SORTS.items() if quantity.unit in units), "count")
        named.setdefault(f"@{sort}", []).append(Mention("quantity", quantity.unit, quantity.start, quantity.end))
    actors = inside(document.actors, start, end)
    states = [actor for actor in actors if len(actor.value) == 3 or actor.value == "org:EU"]
    firms = [actor for actor in actors if actor.value.startswith("org:") and actor.value != "org:EU"]
    several = ("@states", states), ("@orgs", firms)
    groups = {"@material": inside(document.materials, start, end), "@state": states, "@org": firms}
    groups |= {name: group for name, group in several if len({actor.value for actor in group}) > 1}
    named |= {name: group for name, group in groups.items() if group}
    if any(True for _ in inside(document.days, start, end)):
        named["@date"] = []
    return named


@cache
def load_weights() -> Weights:
    """Return the weight of each feature by type of event, as learnt.

    >>> BIAS in load_weights()["investment"]
    True
    """
    weights: Weights = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            weights.setdefault(row["type"], {})[row["feature"]] = float(row["weight"])
    return weights


def chance(weights: dict[str, float], named: Named) -> float:
    """Return how likely a sentence that names these features tells an event: the logistic function of the sum of the weights.

    >>> chance({BIAS: 0.0}, {})
    0.5
    """
    return 1.0 / (1.0 + exp(-weights[BIAS] - sum(weights.get(name, 0.0) for name in named)))


def likely(document: Document, passed: Sequence[Candidate], refused: Sequence[Refusal]) -> Iterator[list[Match]]:
    """Yield, for each likely event that no rule has told or heard denied, the matches to try; the first that passes is the event."""
    told = told_by_rules(passed)
    unsaid = {(one.match.sentence, one.match.rule.type) for one in refused if one.reason in UNSAID}
    for number, sentence in enumerate(document.sentences):
        known = told.get(number, set())
        named = features(document, sentence.start, sentence.end) | {f"@told:{type_}": [] for type_ in known}
        for type_, weights in load_weights().items():
            if type_ in known or (number, type_) in unsaid or chance(weights, named) < LEAST:
                continue
            if triggers := _triggers(weights, named):
                yield list(_matches(document, number, type_, triggers))


def told_by_rules(passed: Sequence[Candidate]) -> dict[int, set[str]]:
    """Return the types that are told already, by sentence."""
    told: dict[int, set[str]] = {}
    for candidate in passed:
        if not candidate.match.rule.context:
            told.setdefault(candidate.match.sentence, set()).add(candidate.type)
    return told


def _triggers(weights: dict[str, float], named: Named) -> list[Mention]:
    """The concepts that speak for a type, the heaviest first."""
    speaking = [(weights.get(name, 0.0), mentions[0]) for name, mentions in named.items() if not name.startswith("@")]
    return [mention for weight, mention in sorted(speaking, key=lambda pair: -pair[0]) if weight > 0.0]


def _matches(document: Document, number: int, type_: str, triggers: list[Mention]) -> Iterator[Match]:
    """The rules of a type without the words they ask for, in the clause of the heaviest word, then in the whole sentence."""
    sentence = document.sentences[number]
    whole = Clause(((sentence.start, sentence.end),))
    anchor = triggers[0]
    own = next((clause for clause in document.clauses[number] if clause.holds(anchor.start, anchor.end)), whole)
    for clause in dict.fromkeys([own, whole]):
        words = tuple(trigger for trigger in triggers[:3] if clause.holds(trigger.start, trigger.end))
        for rule in _rules(type_):
            if all(any(_fits(sort, document, clause) for sort in sorts) for sorts in rule.when):
                yield Match(rule, number, clause, words)


def _fits(sort: str, document: Document, clause: Clause) -> bool:
    """Whether what a rule asks for beside concepts is there; concepts are what the weights stand for."""
    if not sort.startswith("@"):
        return True
    return any(sort in features(document, start, end) for start, end in clause.spans)


@cache
def _rules(type_: str) -> tuple[Rule, ...]:
    """The rules of a type, freed of the concepts they ask for; roles may be inherited."""
    own = [rule for rule in load_rules() if rule.type == type_ and not rule.context and rule.status != "denied"]
    return tuple(
        replace(rule, name=f"{type_}.likely", without=frozenset(), roles=tuple(replace(role, inherit=True) for role in rule.roles))
        for rule in own
    )
