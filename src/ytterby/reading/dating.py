"""Date an event by the days of its clause: when it happened or was announced, from when and until when it holds."""

from dataclasses import dataclass, replace
from datetime import timedelta

from ytterby.reading.clauses import GOES_ON
from ytterby.reading.dates import Day, begins, is_day, just_past, resolve
from ytterby.reading.document import Document
from ytterby.reading.matching import Match
from ytterby.reading.mentions import inside

THIS_YEAR = ("year", 0)
LATELY = timedelta(days=10)


def clause_days(document: Document, found: Match) -> list[Day]:
    """Return the dates of the clause, then those of the verbs of saying beside it."""
    own = found.clause.inside(document.days)
    spoken = [
        day
        for clause in document.clauses[found.sentence]
        if clause is not found.clause and (clause.opener or found.clause.opener)
        if _says(document, clause.spans)
        for day in clause.inside(document.days)
        if is_day(day)
    ]
    return own + spoken or _told_before(document, found)


def _told_before(document: Document, found: Match) -> list[Day]:
    """The day of the main clause, for a relative clause without a date: "flew on Tuesday to Berlin, where he met"."""
    main = document.clauses[found.sentence][0]
    if found.clause.opener not in document.language.words("relatives") | {GOES_ON} or main is found.clause:
        return []
    return [day for day in main.inside(document.days) if is_day(day) and day.start < found.at]


def _says(document: Document, spans: tuple[tuple[int, int], ...]) -> bool:
    return document.tells(spans, "SAY") or document.tells(spans, "DENY")


@dataclass(frozen=True)
class Dates:
    """The dates of an event with the mentions they come from."""

    date: tuple[str, str] | None = None
    effective: str | None = None
    until: str | None = None
    day: Day | None = None
    source: str | None = None
    used: tuple[Day, ...] = ()
    lead: Day | None = None
    """The day that an undated act has from the head of the text."""


UNDATED = Dates()


def date_event(document: Document, found: Match, status: str) -> Dates:
    """Return the dates of an event; relative ones stay open without a day of publication."""
    if found.rule.dated == "none" or not document.days:
        return UNDATED
    ahead = status in ("planned", "threatened")
    values: dict[str, str | None] = {"effective": None, "until": None}
    date = day = None
    used: list[Day] = []
    for candidate in clause_days(document, found):
        moment = resolve(candidate, document.published, ahead and not just_past(candidate, document.published))
        slot = None if moment is None else _slot(document, found, candidate.role, moment[0], status)
        finer = day is not None and day.shift == THIS_YEAR and is_day(candidate)  # "this year's quota ..., said on the 3rd"
        if moment is None or slot is None or (candidate.role not in values and date is not None and not finer):
            continue
        if slot == "date":
            date, day = moment, candidate
        else:
            values[slot] = values[slot] or moment[0]
        used.append(candidate)
    begun = values["effective"]
    if date is None and begun and (ahead or document.published is None or begins(begun) <= document.published):
        date, day = next((m, d) for d in used if (m := resolve(d, document.published, ahead)) and m[0] == begun)
    return Dates(date, values["effective"], values["until"], day, "text_or_relative" if date else None, tuple(used))


def _slot(document: Document, found: Match, role: str | None, moment: str, status: str) -> str | None:
    """Which slot of the event a day fills: effective, until, date; or none."""
    if role == "since" and found.rule.type == "export_control_relief":
        return None  # "lifts the ban, in force since 2021": that day is the ban's
    if role == "until" and found.rule.type == "project_start":
        return "date"  # "by the end of 2027 the mine will double"
    if role in ("effective", "until"):
        return role
    if status in ("planned", "threatened") or not _later(moment, document):
        return "date"
    if status == "completed":
        return None  # what is done is not dated by a day that lies ahead
    return "until" if found.rule.type == "pledge" else "effective"


def _later(moment: str, document: Document) -> bool:
    return document.published is not None and begins(moment) > document.published


def dated_by_lead(document: Document, dates: Dates) -> Dates:
    """Give an undated act of the day's news the day that the head of the text names: "On Sunday Kinshasa announced quotas. ..."."""
    now = document.published
    if dates.date is not None or now is None or not document.sentences:
        return dates
    head = document.sentences[: 1 + (len(document.sentences) > 1 and document.sentences[1].segment is document.sentences[0].segment)]
    for day in (day for sentence in head for day in inside(document.days, sentence.start, sentence.end)):
        moment = resolve(day, now, ahead=False) if day.role in ("date", None) and is_day(day) else None
        if moment is not None and now - LATELY <= begins(moment[0]) <= now:
            return replace(dates, date=moment, day=day, source="text_or_relative", lead=day)
    return dates
