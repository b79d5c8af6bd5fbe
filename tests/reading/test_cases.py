"""Languages with cases: the form of a name shows its part, a preposition outweighs it, and small letters tell metals from countries."""

from datetime import date

import pytest

from tests.reading.cases import reading
from ytterby.reading.declension import bent
from ytterby.reading.detect import detect_language
from ytterby.reading.document import analyse
from ytterby.reading.lexicon import load_language

ROWS = {"ия": "ии ии ию ией ии", "ая+": "ой ой ую ой ой", "0": "а у 0 ом е"}
CASES = ["possessive", "to", "bare", "by", "in"]


def test_an_adjective_hands_the_case_on_and_a_second_noun_stays() -> None:
    assert [form for form, _ in bent("Южная Дания", "actor", CASES, ROWS)] == ["Южной Дании", "Южную Данию", "Южной Данией"]
    assert [form for form, _ in bent("совет торговли", "concept", CASES, ROWS)][:2] == ["совета торговли", "совету торговли"]


def test_two_cases_that_look_alike_show_the_first() -> None:
    assert dict(bent("Дания", "actor", CASES, ROWS))["Дании"] == {"possessive"}


def test_the_genitive_of_a_person_may_be_the_object() -> None:
    assert dict(bent("министр", "office", CASES, ROWS))["министра"] == frozenset()


def test_words_in_capitals_and_patterns_do_not_bend() -> None:
    assert list(bent("США", "actor", CASES, ROWS)) == []
    assert list(bent("завод*", "actor", CASES, ROWS)) == []


@pytest.mark.parametrize(
    ("text", "markers"),
    [
        ("Экспорт Китая вырос.", {"possessive"}),
        ("Меры введены Китаем.", {"by"}),
        ("Договор с Китаем готов.", {"with"}),
        ("Это случилось в Китае.", {"in"}),
        ("Китай молчит.", set()),
    ],
)
def test_a_case_shows_the_part_and_a_preposition_outweighs_it(text: str, markers: set[str]) -> None:
    assert analyse(text, None, load_language("ru")).actors[0].markers == markers


def test_a_list_stands_in_one_case() -> None:
    actors = analyse("Договор между Китаем и Россией готов.", None, load_language("ru")).actors
    assert [actor.markers for actor in actors] == [{"between"}, {"between"}]
    assert actors[0].chain == actors[1].chain


def test_a_name_in_an_oblique_case_is_known_in_the_others() -> None:
    actors = analyse("Он встретил канцлера Германии Петера Бауэра. Бауэр молчал. С Бауэром ушли.", None, load_language("ru")).actors
    assert [actor.value for actor in actors] == ["DEU", "DEU", "DEU"]


def test_small_letters_are_the_metal_and_capitals_the_country() -> None:
    document = analyse("Германия вывозит германий, Индия не продаёт индия.", None, load_language("ru"))
    assert [actor.value for actor in document.actors] == ["DEU", "IND"]
    assert [material.value for material in document.materials] == ["germanium", "indium"]


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("С апреля действуют квоты.", "since"),
        ("С апреля введут квоты.", "effective"),
        ("С 5 ноября действуют квоты.", "effective"),
        ("Договор с Японией 3 октября подписан.", "date"),
    ],
)
def test_one_word_for_since_and_from_is_told_by_the_verb(text: str, role: str) -> None:
    assert [day.role for day in analyse(text, date(2025, 10, 28), load_language("ru")).days] == [role]


def test_the_place_acts_where_the_verb_has_no_subject() -> None:
    event = reading("В Казахстане запретили вывоз меди в Китай.", code="ru").events[0]
    assert [(actor["id"], actor["role"]) for actor in event["actors"]] == [("KAZ", "imposer"), ("CHN", "target")]


@pytest.mark.parametrize(
    ("text", "code"),
    [("Правительство ввело новые пошлины на медь.", "ru"), ("Правителството въведе нови мита върху медта.", "bg")],
)
def test_letters_tell_near_languages_apart(text: str, code: str) -> None:
    assert detect_language(text) == code


def test_another_act_of_another_actor_begins_a_clause() -> None:
    told = reading("Kanada und Japan schlossen ein Abkommen über Kobalt, und China verbot die Ausfuhr von Gallium.", code="de").events
    assert {event["type"]: {actor["id"] for actor in event["actors"]} for event in told} == {
        "agreement": {"CAN", "JPN"},
        "export_control": {"CHN"},
    }
