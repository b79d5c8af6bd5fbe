"""Merge what a document tells more than once: one act, one event, its evidence the most complete mention."""

from dataclasses import replace

from ytterby.reading.candidates import Candidate
from ytterby.reading.dating import Dates

DONE = frozenset({"announced", "in_force", "completed", "past", "suspended"})


def merge(candidates: list[Candidate]) -> list[Candidate]:
    """Return the candidates with repeated mentions of one act merged, in order of their evidence."""
    kept: list[Candidate] = []
    for candidate in candidates:
        for index, other in enumerate(kept):
            if _same(other, candidate):
                kept[index] = _joined(other, candidate)
                break
        else:
            kept.append(candidate)
    return sorted(kept, key=lambda candidate: (candidate.start, candidate.end, candidate.type))


def _same(one: Candidate, other: Candidate) -> bool:
    if one.match.rule.context and one.match.rule.name != other.match.rule.name:
        return False
    if (
        one.type != other.type
        or (one.status in DONE) != (other.status in DONE)
        or ("denied" in (one.status, other.status) and one.status != other.status)
    ):
        return False
    mine, theirs = one.actors(), other.actors()
    if not (mine <= theirs or theirs <= mine):
        return False
    return _same_materials(one, other) and _same_dates(one.dates, other.dates) and _same_amounts(one, other)


def _same_materials(one: Candidate, other: Candidate) -> bool:
    mine, theirs = {m.value for m in one.materials}, {m.value for m in other.materials}
    return not mine or not theirs or mine <= theirs or theirs <= mine


def _same_dates(one: Dates, other: Dates) -> bool:
    if one.effective and other.effective and one.effective != other.effective:
        return False
    if one.date is None or other.date is None:
        return True
    mine, theirs = one.date[0], other.date[0]
    return mine.startswith(theirs) or theirs.startswith(mine)


def _same_amounts(one: Candidate, other: Candidate) -> bool:
    mine, theirs = {(q.value, q.unit) for q in one.quantities}, {(q.value, q.unit) for q in other.quantities}
    return not mine or not theirs or bool(mine & theirs)


def _slots(candidate: Candidate) -> int:
    own = sum(candidate.start <= actor.start < candidate.end for _, actor in candidate.roles)
    inside = sum(candidate.start <= material.start < candidate.end for material in candidate.materials)
    return own + inside + len(candidate.quantities) + len(candidate.dates.used)


def _joined(one: Candidate, other: Candidate) -> Candidate:
    best, rest = (other, one) if _slots(other) > _slots(one) else (one, other)
    news = "news" if "news" in (one.salience, other.salience) else "background"
    return replace(best, salience=news, also=(*best.also, (rest.start, rest.end), *rest.also))
