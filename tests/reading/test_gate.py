"""The gate: whatever a sound candidate or record is changed into is rejected, with a reason."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading.cases import ROOT, Row
from ytterby.reading.article import from_text
from ytterby.reading.candidates import Candidate, propose
from ytterby.reading.dates import Day
from ytterby.reading.document import Document, analyse
from ytterby.reading.gate import check_record, faults
from ytterby.reading.lexicon import load_language
from ytterby.reading.matching import match
from ytterby.reading.mentions import Mention
from ytterby.reading.quantities import Quantity
from ytterby.reading.reader import read_article
from ytterby.reading.rules import load_rules

EXAMPLE = (ROOT / "examples" / "usa-japan-2025-10-28.de.txt").read_text(encoding="utf-8")
TEXTS = [
    EXAMPLE,
    "BERLIN - China hat am Dienstag die Ausfuhr von Gallium nach Japan verboten. Das Ministerium verhängte Exportkontrollen für Graphit.",
    "BMW sicherte sich in einem Liefervertrag 3000 Tonnen Lithium im Jahr von Vulcan Energy. Es sind noch mehr.",
]
DOCUMENTS = [analyse(text, date(2025, 10, 28), load_language("de")) for text in TEXTS]


def candidates(document: Document) -> list[Candidate]:
    found = [propose(document, hit) for hit in match(document, load_rules(), [])]
    return [candidate for candidate in found if isinstance(candidate, Candidate) and not faults(document, candidate)]


SOUND = [(document, candidate) for document in DOCUMENTS for candidate in candidates(document)]
RECORDS = [(text, event) for text in TEXTS for event in read_article(from_text(text, "2025-10-28")).events]
each = settings(max_examples=200)


def test_there_is_something_to_change() -> None:
    assert len(SOUND) >= 10
    assert len(RECORDS) >= 10
    assert any(candidate.quantities for _, candidate in SOUND)
    assert any(candidate.dates.used for _, candidate in SOUND)
    assert any(actor.source for _, candidate in SOUND for _, actor in candidate.roles)


@given(st.sampled_from(SOUND), st.integers(-5000, 5000), st.integers(-5000, 5000))
@each
def test_evidence_that_lost_a_slot_is_rejected(sound: tuple[Document, Candidate], left: int, right: int) -> None:
    document, candidate = sound
    start, end = candidate.start + left, candidate.end + right
    changed = replace(candidate, start=start, end=end)
    inherited = {(actor.start, actor.end) for _, actor in candidate.roles if (actor.via or "").startswith("inherited")}
    needed = [(trigger.start, trigger.end) for trigger in candidate.match.triggers]
    needed += [span for _, actor in candidate.roles if (span := (actor.start, actor.end)) not in inherited]
    needed += [(day.start, day.end) for day in candidate.dates.used] + [(q.start, q.end) for q in candidate.quantities]
    whole = 0 <= start < end <= len(document.text) and all(start <= a and b <= end for a, b in needed)
    assert bool(faults(document, changed)) is not whole


@given(st.sampled_from(SOUND), st.integers(0, 3000), st.integers(1, 40), st.sampled_from(["JPN", "CHN", "QQQ", "org:nobody"]))
@each
def test_an_actor_that_is_no_mention_is_rejected(sound: tuple[Document, Candidate], start: int, size: int, value: str) -> None:
    document, candidate = sound
    named = {(actor.start, actor.end, actor.value) for actor in document.actors}
    invented = Mention("actor", value, start, start + size)
    if (start, start + size, value) in named:
        return
    reasons = faults(document, replace(candidate, roles=[*candidate.roles, ("target", invented)]))
    assert f"target {value} is no mention of the text" in reasons


@given(st.sampled_from(SOUND), st.integers(0, 3000), st.sampled_from(["gallium", "unobtainium"]))
@each
def test_a_material_that_is_no_mention_is_rejected(sound: tuple[Document, Candidate], start: int, value: str) -> None:
    document, candidate = sound
    invented = Mention("material", value, start, start + 7)
    if invented in document.materials:
        return
    reasons = faults(document, replace(candidate, materials=[*candidate.materials, invented]))
    assert reasons == [f"material {value} is no mention of the text"]


@given(st.sampled_from(SOUND), st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.sampled_from(["date", "effective", "until", "published"]))
@each
def test_a_date_that_the_evidence_does_not_give_is_rejected(sound: tuple[Document, Candidate], day: date, slot: str) -> None:
    document, candidate = sound
    moment = day.isoformat()
    if slot == "published":
        changed = replace(candidate, published=moment)
        assert bool(faults(document, changed)) is (moment != "2025-10-28")
        return
    bare = replace(candidate.dates, used=())
    dated = {
        "date": replace(bare, date=(moment, "day")),
        "effective": replace(bare, effective=moment),
        "until": replace(bare, until=moment),
    }
    assert f"no date of the evidence gives {slot} {moment}" in faults(document, replace(candidate, dates=dated[slot]))


@given(st.sampled_from(SOUND), st.floats(0, 1e9), st.integers(0, 3000))
@each
def test_a_quantity_that_is_no_mention_is_rejected(sound: tuple[Document, Candidate], value: float, start: int) -> None:
    document, candidate = sound
    invented = Quantity(value, "t", "Tonnen", start, start + 3)
    if invented in document.quantities:
        return
    assert any("the quantity at" in reason for reason in faults(document, replace(candidate, quantities=[invented])))


def test_a_day_outside_the_document_is_rejected() -> None:
    document, candidate = SOUND[0]
    day = Day(candidate.start, candidate.start + 4, "calendar", 1999)
    changed = replace(candidate, dates=replace(candidate.dates, used=(day,)))
    assert any("is outside the evidence" in reason for reason in faults(document, changed))


def test_who_stands_for_nobody_is_rejected() -> None:
    document, candidate = next(sound for sound in SOUND if any(actor.source for _, actor in sound[1].roles))
    roles = [(role, actor._replace(source=(0, 3)) if actor.source else actor) for role, actor in candidate.roles]
    assert any("stands for nobody at 0..3" in reason for reason in faults(document, replace(candidate, roles=roles)))


@given(st.sampled_from(RECORDS), st.integers(-50, 50), st.integers(-50, 50))
@each
def test_a_record_moved_by_one_letter_is_rejected(sound: tuple[str, Row], left: int, right: int) -> None:
    text, record = sound
    moved = {**record, "start": record["start"] + left, "end": record["end"] + right}
    assert bool(check_record(moved, text)) is bool(left or right)


@given(st.sampled_from(RECORDS), st.data())
@each
def test_a_record_with_one_letter_changed_is_rejected(sound: tuple[str, Row], data: st.DataObject) -> None:
    text, record = sound
    slot = data.draw(st.sampled_from(["evidence", "actor"]))
    written = record["evidence"] if slot == "evidence" else record["actors"][0]["name"]
    at = data.draw(st.integers(0, len(written) - 1))
    letter = data.draw(st.characters(codec="utf-8").filter(lambda c: c != written[at]))
    changed = written[:at] + letter + written[at + 1 :]
    broken = {**record, "evidence": changed} if slot == "evidence" else {**record, "actors": [{**record["actors"][0], "name": changed}]}
    assert check_record(broken, text)


@given(st.sampled_from([pair for pair in RECORDS if pair[1]["quantities"]]), st.integers(1, 4000))
@each
def test_a_record_with_a_quantity_elsewhere_is_rejected(sound: tuple[str, Row], shift: int) -> None:
    text, record = sound
    quantity = record["quantities"][0]
    moved = {**quantity, "start": record["end"] + shift, "end": record["end"] + shift + 2}
    assert check_record({**record, "quantities": [moved]}, text)


@pytest.mark.parametrize(("text", "record"), RECORDS)
def test_what_passed_is_sound(text: str, record: Row) -> None:
    assert check_record(record, text) == []
