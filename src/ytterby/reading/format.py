"""The format of a language file: every table and every grammar key with its default, so that a file says only what differs.

docs/reading.md explains the keys one by one. A key that is not listed here is a fault of the file, named with the nearest right one.
"""

from difflib import get_close_matches
from typing import Any

from ytterby.errors import InputError

GRAMMAR: dict[str, Any] = {
    # words
    "spaces": True,
    "endings": [""],
    "inflected": False,
    "cases": "",
    "articles": True,
    "adjectives_bend": False,
    "nouns_first": False,
    "nouns_capital": False,
    "prefixes": "",
    "determiners": "",
    "genitive": "",
    "coordinators": "",
    "marks_follow": False,
    "subjects_marked": False,
    "objects": "",
    # sentences and clauses
    "ordinal_dot": False,
    "glue": "",
    "abbreviations": "",
    "openers": "",
    "subordinators": "",
    "closers": "",
    "cuts": "",
    "relatives": "",
    "conditions": "",
    "purposes": "",
    "infinitive": "",
    "participle": "",
    "auxiliary": "",
    # pages
    "captions": [],
    "credits": [],
    "dateline": "",
    # names
    "name": "",
    "name_first": False,
    "name_particles": "",
    "titles": "",
    "company": "",
    "both": [],
    # dates and numbers
    "date_formats": [],
    "date_links": "",
    "day_marks": ["."],
    "year_first": False,
    "doubtful_months": "",
    "before_months": "",
    "decimal": ".",
}
TABLES = (
    "markers",
    "suffixes",
    "postpositions",
    "date_cues",
    "month",
    "weekday",
    "relative",
    "number",
    "unit",
    "office",
    "material",
    "concept",
)
OPTIONAL = ("declension", "countries", "cities", "bodies", "people", "pairs", "toward", "none")


def complete(table: dict[str, Any], where: str) -> dict[str, Any]:
    """Return a language's table with the defaults filled in.

    Raises InputError for a table or a key that the format does not know.

    >>> complete({"function_words": "no", "grammar": {"spaces": False}}, "xx")["grammar"]["decimal"]
    '.'
    >>> complete({"grammar": {"space": False}}, "xx.toml")
    Traceback (most recent call last):
    ytterby.errors.InputError: unknown key 'space'; xx.toml, grammar; did you mean spaces?
    """
    known = ("function_words", "grammar", *TABLES, *OPTIONAL)
    _check(table, known, where)
    _check(table.get("grammar", {}), tuple(GRAMMAR), f"{where}, grammar")
    filled = {name: table.get(name, {}) for name in (*TABLES, *OPTIONAL)}
    return {**filled, "function_words": table.get("function_words", ""), "grammar": {**GRAMMAR, **table.get("grammar", {})}}


def _check(given: dict[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given:
        if key not in known:
            near = get_close_matches(key, known, 1)
            raise InputError(f"unknown key '{key}'", where, f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}")


def beside(table: Any, own: Any) -> Any:
    """Return a table with the words of another beside its own; what is no list of words takes the place of the other's.

    >>> beside({"a": ["x"], "b": "y"}, {"a": ["z"], "b": "w"})
    {'a': ['x', 'z'], 'b': 'w'}
    """
    if isinstance(table, dict) and isinstance(own, dict):
        return table | {key: beside(table[key], value) if key in table else value for key, value in own.items()}
    return [*table, *own] if isinstance(table, list) and isinstance(own, list) else own


def definite(table: dict[str, Any]) -> str:
    """Return the articles of the phrases for a company named before: "the" of "the company".

    >>> definite({"concept": {"COMPANY": ["the company", "firm"]}, "grammar": {"determiners": "the a"}})
    'the'
    """
    first = {words[0] for phrase in table["concept"].get("COMPANY", ()) if len(words := phrase.split()) > 1}
    return " ".join(sorted(first & set(table["grammar"]["determiners"].split())))
