"""Cells of the survey: every kind of text gives its value, its band or its reason, and nothing else passes for a number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ytterby.data.usgs_values import Value, explained, half_unit, is_elsewhere, is_estimate, read_value, remarks


def value(text: str) -> Value:
    found = read_value(text)
    assert found is not None, text
    return found


@given(st.integers(min_value=1, max_value=10**9))
def test_a_number_lies_inside_its_band_and_the_band_inside_half_of_it(number: int) -> None:
    found = value(f"{number:,}")
    assert found.value == number
    assert found.low is not None
    assert found.high is not None
    assert found.low < number < found.high
    assert found.high - number <= 0.5 * number


@given(st.integers(min_value=1, max_value=999), st.integers(min_value=0, max_value=6))
def test_the_band_grows_with_the_zeros(digits: int, zeros: int) -> None:
    assert half_unit(str(digits * 10**zeros)) == pytest.approx(half_unit(str(digits)) * 10**zeros)


@pytest.mark.parametrize(
    ("text", "number", "low", "high"),
    [
        ("41600", 41600, 41550, 41650),
        ("270,000", 270000, 265000, 275000),
        ("1", 1, 0.5, 1.5),
        ("24.21", 24.21, 24.205, 24.215),
        ("68\xa0", 68, 67.5, 68.5),
        ("—", 0, 0, 0),
        ("0", 0, 0, 0),
        ("10,000 - 15,000", 12500, 10000, 15000),
        ("50–300", 175, 50, 300),
    ],
)
def test_numbers_dashes_and_ranges(text: str, number: float, low: float, high: float) -> None:
    found = value(text)
    assert (found.value, found.low, found.high) == pytest.approx((number, low, high))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("W", "withheld"),
        ("NA", "not available"),
        ("", "left empty by the source"),
        ("XX", "not applicable"),
        ("Large", "large"),
        ("Moderate to large", "moderate to large"),
    ],
)
def test_words_are_missing_with_a_reason_and_never_zero(text: str, note: str) -> None:
    assert value(text) == Value(None, note=note)


def test_bounds_give_one_end_and_no_value() -> None:
    assert value(">50") == Value(None, 50.0, None, "only a lower bound")
    assert value("<25") == Value(None, 0.0, 25.0, "only an upper bound")


@pytest.mark.parametrize("text", ["11120,000", "1,20", "12,34,567", "?1", "1.2.3", "15 - 10", "12 000", "-5", "1e6", "240,0004", "E5"])
def test_what_is_no_value_is_not_read(text: str) -> None:
    assert read_value(text) is None


def test_notes_explain_missing_values() -> None:
    assert explained(value(""), "W for 23-24").note == "withheld"
    assert explained(value("s"), "Estimated. -- Less than ½ unit.") == Value(None, 0.0, 0.5, "less than half a unit")
    assert is_elsewhere(explained(value("s"), "United States rutile production and reserves data are included with ilmenite."))
    assert not is_elsewhere(explained(value("100"), "United States rutile production and reserves data are included with ilmenite."))
    assert not is_elsewhere(value("NA"))


def test_notes_say_what_a_value_leaves_out() -> None:
    assert remarks("Production quota; does not include undocumented production.") == "production quota, undocumented output not included"
    assert remarks("Excludes U.S. production.") == "without the United States"
    assert remarks("See Appendix C for resource and reserve definitions and information concerning data sources.") == ""


def test_only_what_the_source_marks_is_an_estimate() -> None:
    assert is_estimate("Reported data. -- Estimated.")
    assert not is_estimate("Other countries estimated to still have capacity include Germany.")
    assert [is_estimate("estimated 2023", year) for year in (2023, 2024)] == [True, False]
