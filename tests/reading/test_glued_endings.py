"""Languages that glue endings to words and set blanks between them (Korean, Turkish): what the format says for them."""

import pytest

from tests.reading.cases import reading
from ytterby.reading.dates import find_days, resolve
from ytterby.reading.document import analyse
from ytterby.reading.folding import fold
from ytterby.reading.lexicon import load_language
from ytterby.reading.mentions import find_mentions
from ytterby.reading.quantities import find_quantities

KOREAN = load_language("ko")


def actors(text: str, code: str) -> list[tuple[str, list[str]]]:
    """Who is named, with the parts that are shown."""
    return [(actor.value, sorted(actor.markers)) for actor in analyse(text, None, load_language(code)).actors]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("5억달러", 5e8, "USD"),
        ("5억5000만 달러를", 5.5e8, "USD"),
        ("1조2000억원", 1.2e12, "KRW"),
        ("9만6600t", 96600.0, "t"),
        ("2억5000만톤으로", 2.5e8, "t"),
        ("25%의", 25.0, "percent"),
    ],
)
def test_korean_numbers(text: str, value: float, unit: str) -> None:
    found = find_quantities(text, find_mentions(text, fold(text), KOREAN), KOREAN)
    assert [(quantity.value, quantity.unit) for quantity in found] == [(value, unit)]


@pytest.mark.parametrize(
    ("text", "ahead", "wanted"),
    [
        ("다음 달 1일부터", False, "2025-12-01"),
        ("지난달 30일", False, "2025-10-30"),
        ("9일", False, "2025-11-09"),
        ("30일까지", False, "2025-11-30"),
        ("25일부터", False, "2025-11-25"),
    ],
)
def test_a_day_of_another_month(text: str, ahead: bool, wanted: str) -> None:
    from datetime import date

    days = find_days(text, find_mentions(text, fold(text), KOREAN), KOREAN)
    assert [resolve(day, date(2025, 11, 20), ahead) for day in days] == [(wanted, "day")]


def test_a_span_of_days_and_a_round_number_are_no_dates() -> None:
    text = "30일간 2000만달러"
    assert find_days(text, find_mentions(text, fold(text), KOREAN), KOREAN) == []


@pytest.mark.parametrize(
    ("code", "text", "wanted"),
    [
        ("ko", "일본은 대중 수출을 늘렸다", [("JPN", []), ("CHN", ["against"])]),
        ("ko", "중국산 흑연", [("CHN", ["from"])]),
        ("ko", "중국 희토류", [("CHN", ["attribute"])]),
        ("ko", "중국, 희토류", [("CHN", [])]),
        ("ko", "유럽연합(EU)과 맺었다", [("org:EU", ["with"]), ("org:EU", [])]),
        ("ko", "러시아 기업들에 대해", [("RUS", ["against", "attribute"])]),
        ("tr", "Rusya'nın nikel sektörüne karşı", [("RUS", ["against", "possessive"])]),
        ("tr", "Çin menşeli grafit", [("CHN", ["from"])]),
    ],
)
def test_what_is_around_a_name_shows_its_part(code: str, text: str, wanted: list[tuple[str, list[str]]]) -> None:
    assert actors(text, code) == wanted


@pytest.mark.parametrize(
    ("code", "text", "imposer"),
    [
        ("ko", "일본은 중국이 갈륨 수출을 금지했다고 밝혔다.", "CHN"),
        ("ko", "일본은 중국을 겨냥해 갈륨 수출을 금지했다고 밝혔다.", "JPN"),
        ("tr", "Japonya, Çin'in galyum ihracatını yasakladığını açıkladı.", "CHN"),
        ("tr", "Japonya galyum ihracatını yasakladığını açıkladı.", "JPN"),
    ],
)
def test_of_two_subjects_before_a_verb_of_saying_the_inner_one_acts(code: str, text: str, imposer: str) -> None:
    told = reading(text, "2025-10-28", code).events
    assert [actor["id"] for event in told for actor in event["actors"] if actor["role"] == "imposer"] == [imposer]


def test_the_ending_of_the_object_never_acts() -> None:
    told = reading("중국을 미국이 막았다. 갈륨 수출을 미국이 금지했다.", "2025-10-28", "ko").events
    assert [actor["id"] for event in told for actor in event["actors"] if actor["role"] == "imposer"] == ["USA"]


def test_an_office_after_a_known_surname_bears_its_ending() -> None:
    text = "마이클 카터 캐나다 총리가 왔다. 일본은 카터 총리와 만났다."
    assert actors(text, "ko") == [("CAN", []), ("JPN", []), ("CAN", ["with"])]
