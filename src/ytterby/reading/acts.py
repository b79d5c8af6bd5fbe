"""One act, many tellings: put the records of many articles and languages together into events.

Two records tell the same act if type, kind of status, the parties that act and the measure agree, their dates overlap, their materials
are the same or part of one another, and their amounts do not differ. In doubt they stay two: a record that fits two acts joins neither.
What comes out depends on the set of records alone, never on the order in which they were read.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from ytterby.reading.dates import begins, ends

Record = dict[str, Any]
CORE = frozenset(["imposer", "signatory", "supplier", "buyer", "investor", "operator", "participant", "proposer", "complainant", "denier"])
"""The roles that make the act: they must be the same; other parties may be told by one article and left out by another."""
DONE = frozenset(["announced", "in_force", "completed", "past", "suspended"])
MEASURES = {"ban": "ban", "permits": "licence", "licences": "granted", "eased": "eased", "again": "eased"}
"""What a rule says about the measure; two that differ are two acts, one that says nothing goes with any."""
GENERIC = frozenset(["critical_minerals", "raw_minerals", "raw_materials", "battery_materials"])
"""Families so wide that being part of them says nothing."""
LATE = timedelta(days=2)
"""An act dated by the day of publication may have happened so much earlier."""
UNDATED = timedelta(days=31)
"""Undated tellings of the same state of affairs belong together if they were published within this time."""
PRECISION = {"day": 0, "month": 1, "year": 2}


@cache
def _families() -> dict[str, str]:
    with resources.files("ytterby.tables").joinpath("materials.csv").open(encoding="utf-8") as lines:
        return {row["material"]: row["family"] for row in csv.DictReader(lines)}


def lineage(material: str) -> tuple[str, ...]:
    """Return a material and its ever wider families.

    >>> lineage("dysprosium")[:3]
    ('dysprosium', 'heavy_rare_earths', 'rare_earths')
    """
    found = [material]
    while (family := _families().get(found[-1])) and family not in found:
        found.append(family)
    return tuple(found)


def akin(one: str, other: str) -> bool:
    """Whether two materials are the same or one is part of the other, the widest families aside.

    >>> akin("dysprosium", "rare_earths"), akin("dysprosium", "gallium"), akin("gallium", "critical_minerals")
    (True, False, False)
    """
    return one == other or (other in lineage(one) and other not in GENERIC) or (one in lineage(other) and one not in GENERIC)


def block(record: Record) -> tuple[Any, ...]:
    """Return what must be equal for two records to tell one act: type, kind of status, who acts."""
    kind = "done" if record["status"] in DONE else record["status"]
    core = frozenset((actor["id"], actor["role"]) for actor in record["actors"] if actor["role"] in CORE)
    measure = record["rule"].removeprefix("llm.") if record["type"] == "other_policy" else None
    return record["type"], kind, core, measure


def same_act(one: Record, other: Record) -> bool:
    """Whether two records of different articles tell the same act.

    >>> told = {"type": "order", "status": "completed", "rule": "order.placed", "materials": [], "quantities": [],
    ...         "actors": [{"id": "JPN", "role": "buyer"}], "date": "2025-10-28", "date_precision": "day", "date_source": None,
    ...         "effective": None, "until": None, "document": {"sha256": "a", "published": "2025-10-28"}}
    >>> later = {**told, "date": "2025-10-29", "document": {"sha256": "b", "published": "2025-10-29"}}
    >>> same_act(told, {**told, "document": later["document"]}), same_act(told, later)
    (True, False)
    """
    return _apart(one, other) and block(one) == block(other) and bool(block(one)[2]) and _agree(one, other)


def _apart(one: Record, other: Record) -> bool:
    """Whether two articles tell them; what one article tells apart stays apart."""
    return bool(one["document"]["sha256"] != other["document"]["sha256"])


def _agree(one: Record, other: Record) -> bool:
    return _same_amounts(one, other) and _same_measure(one, other) and _same_parties(one, other) and _same_time_and_matter(one, other)


def _same_measure(one: Record, other: Record) -> bool:
    mine, theirs = (MEASURES.get(record["rule"].rpartition(".")[2]) for record in (one, other))
    return mine is None or theirs is None or mine == theirs


def _same_amounts(one: Record, other: Record) -> bool:
    mine, theirs = ({(q["value"], q["unit"]) for q in record["quantities"]} for record in (one, other))
    return not mine or not theirs or mine <= theirs or theirs <= mine


def _same_parties(one: Record, other: Record) -> bool:
    mine, theirs = ({(a["id"], a["role"]) for a in record["actors"] if a["role"] not in CORE} for record in (one, other))
    return mine <= theirs or theirs <= mine


def _same_time_and_matter(one: Record, other: Record) -> bool:
    time = _same_time(one, other)
    if time == "":
        return False
    mine, theirs = one["materials"], other["materials"]
    if time == "undated":
        return set(mine) == set(theirs)
    if not mine or not theirs:
        return mine == theirs or time == "day"
    few, many = sorted((mine, theirs), key=len)
    return all(any(akin(name, wanted) for wanted in many) for name in few)


def _same_time(one: Record, other: Record) -> str:
    """How well the times agree: day, span (a month, a year), undated; empty: they do not."""
    for slot in ("effective", "until"):
        if one[slot] and other[slot] and not _overlap(_span(one[slot]), _span(other[slot])):
            return ""
    if one["date"] and other["date"]:
        if _overlap(_window(one), _window(other)):
            return "day" if one["date_precision"] == other["date_precision"] == "day" else "span"
        return "day" if _crossed(one, other) or _crossed(other, one) else ""
    if one["effective"] and other["effective"]:
        return "day" if len(one["effective"]) == len(other["effective"]) == 10 else "span"
    if one["date"] or other["date"]:
        return "day" if _crossed(one, other) or _crossed(other, one) else ""
    near = _published(one), _published(other)
    return "undated" if near[0] and near[1] and abs(near[0] - near[1]) <= UNDATED else ""


def _crossed(one: Record, other: Record) -> bool:
    """Whether the day that one gives as the day of the act is the day that the other gives as that of its effect."""
    stated = one["date"] and one["date_precision"] == "day" and one["date_source"] != "publication"
    free = other["date"] is None or other["date_source"] == "publication"
    return bool(stated) and free and one["date"] == other["effective"]


def _span(moment: str) -> tuple[date, date]:
    return begins(moment), ends(moment)


def _window(record: Record) -> tuple[date, date]:
    first, last = _span(record["date"])
    return (first - LATE, last) if record["date_source"] == "publication" else (first, last)


def _overlap(one: tuple[date, date], other: tuple[date, date]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _published(record: Record) -> date | None:
    stated = record["document"]["published"]
    return ends(stated[:10]) if stated else None


def sharpness(record: Record) -> tuple[Any, ...]:
    """Return the key that puts the record that says most first; equal for nobody."""
    return (
        record["date"] is None and record["effective"] is None,
        PRECISION.get(record["date_precision"] or "", 3),
        record["date_source"] == "publication",
        -len(record["actors"]) - len(record["materials"]) - len(record["quantities"]),
        record["document"]["published"] or "9999",
        record["document"]["sha256"],
        record["start"],
        record["id"],
    )


def gather(records: Iterable[Record], alone: frozenset[str] = frozenset()) -> list[list[Record]]:
    """Return groups of records that tell one act each, the one that says most first; records named in `alone` stay alone.

    >>> gather([])
    []
    """
    groups: list[list[Record]] = []
    near: dict[tuple[Any, ...], dict[int, None]] = {}  # the groups of a block by the months they touch: no others can tell the same act
    for record in sorted(records, key=sharpness):
        own = block(record)
        keys = [(own, record["id"] if record["id"] in alone or not own[2] else None, month) for month in _months(record)]
        rivals = dict.fromkeys(number for key in keys for number in near.get(key, ()))
        home = _home(record, [groups[number] for number in rivals])
        if home is None:
            home = []
            groups.append(home)
            number = len(groups) - 1
        else:
            number = next(n for n in rivals if groups[n] is home)
        home.append(record)
        for key in keys:
            near.setdefault(key, {})[number] = None
    return groups


def distinct(records: Sequence[Record]) -> list[Record]:
    """Return one record an act, the one that says most, in the order of the records.

    >>> distinct([])
    []
    """
    best = {group[0]["id"] for group in gather(records)}
    return [record for record in records if record["id"] in best]


def _months(record: Record) -> Iterator[tuple[str, int]]:
    """The months in which a record could meet another that tells its act: of its dates; without a date, of its publication."""
    spans = [_window(record)] if record["date"] else []
    spans += [_span(record["effective"])] if record["effective"] else []
    for first, last in spans:
        yield from (("dated", month) for month in range(_month(first), _month(last) + 1))
    if not record["date"] and (told := _published(record)):
        yield from (("told", month) for month in range(_month(told - UNDATED), _month(told + UNDATED) + 1))
    if not spans and not _published(record):
        yield "never", 0


def _month(day: date) -> int:
    return day.year * 12 + day.month


def _home(record: Record, rivals: Sequence[list[Record]]) -> list[Record] | None:
    """The only group all of whose members tell the record's act; of several, the one that tells it in exactly the same terms."""
    fitting = [group for group in rivals if all(_apart(record, member) and _agree(record, member) for member in group)]
    if len(fitting) > 1:
        fitting = [group for group in fitting if all(_terms(record) == _terms(member) for member in group)]
    return fitting[0] if len(fitting) == 1 else None


def _terms(record: Record) -> tuple[Any, ...]:
    parties = frozenset((actor["id"], actor["role"]) for actor in record["actors"])
    amounts = frozenset((quantity["value"], quantity["unit"]) for quantity in record["quantities"])
    return parties, frozenset(record["materials"]), amounts, record["date"], record["effective"], record["until"]
