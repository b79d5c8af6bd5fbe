"""Resolve names that stand for an actor named before: 'the ministry', 'the country', 'the company', 'he'.

Each keeps the place of the actor it stands for, and the gate checks that it is there.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice

from ytterby.reading.boundaries import tokens_before
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language
from ytterby.reading.mentions import NONE, Mention, within

_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
KINDS = {"GOV": "state", "COUNTRY": "state", "COMPANY": "company", "HE": "person"}
OBLIQUE = frozenset({"to", "against", "with", "about", "from", "by", "in", "at", "without", "beside", "between"})
BACK = 40
OFFICES = 400
ARTICLES = 3
AHEAD = 120
_STOP = re.compile(r"[.,;:!?()]")
_END = re.compile(r"[.!?]\s")


def anaphors(text: str, mentions: Sequence[Mention], actors: list[Mention], language: Language) -> list[Mention]:
    """Return the mentions that stand for an earlier actor; `actors` are the marked ones, in order.

    >>> from ytterby.reading.document import analyse
    >>> from ytterby.reading.lexicon import load_language
    >>> document = analyse("China exports gallium. On Monday the commerce ministry spoke.", None, load_language("en"))
    >>> [(m.value, m.form, m.source) for m in document.actors]
    [('CHN', 'name', None), ('CHN', 'anaphor', (0, 5))]
    """
    starts = [actor.start for actor in actors]
    apposed = not (language.grammar["marks_follow"] and language.spaces)  # "회사는 아라푸라와": two parties
    found = [] if language.spaces else list(_offices(text, mentions, actors))
    for mention in mentions:
        kind = KINDS.get(mention.value) if mention.kind == "concept" else None
        if mention.kind == "office" and mention.value == "firm" and (first := _described(text, mention, actors, starts, language)) >= 0:
            kind, mention = "company", mention._replace(opening=first)
        if kind is None or (mention.value == "GOV" and not _definite(text, mention, language)):
            continue
        index = bisect_left(starts, mention.end)
        if index and actors[index - 1].end > mention.start:
            continue
        if kind == "company" and language.grammar["nouns_first"]:
            mention = _with_country(text, mention, actors[index : index + 1])
            index += index < len(starts) and starts[index] < mention.end
        if _of_a_pair(text, mention, language) or (
            kind == "company" and (apposed or _compound(mention, language)) and _named_next(text, mention, actors[index : index + 1])
        ):
            continue
        speaker = _speaker(text, mention, mentions, actors[index : index + 2]) if kind == "person" else None
        source = speaker or _source(text, kind, actors[max(0, index - BACK) : index])
        if source is not None:
            surface = text[mention.start : mention.end - mention.tail]
            via = f"{surface!r} = {source.value}, named at {source.start}..{source.end}"
            place = (source.start, source.end)
            form = "person" if kind == "person" else "anaphor"
            markers = mention.markers | ({"pronoun"} if kind == "person" else NONE)
            standing = Mention("actor", source.value, mention.start, mention.end, form, via, markers, source=place, tail=mention.tail)
            found.append(standing._replace(opening=mention.opening))
    return found


def _offices(text: str, mentions: Sequence[Mention], actors: list[Mention]) -> Iterator[Mention]:
    """An office alone stands for whoever was named with it last: "高市早苗首相 ... 首相は" (in languages without blanks)."""
    for mention in mentions:
        index = bisect_left(actors, mention.end, key=lambda actor: actor.start)
        if mention.kind != "office" or (index and actors[index - 1].end > mention.start):
            continue
        word = text[mention.start : mention.end - mention.tail]
        near = reversed(actors[max(0, index - OFFICES) : index])
        source = next((actor for actor in near if word in text[actor.start : actor.end]), None)
        if source is not None:
            via = f"{word!r} = {source.value}, named at {source.start}..{source.end}"
            place = (source.start, source.end)
            yield Mention(
                "actor", source.value, mention.start, mention.end, "anaphor", via, mention.markers, source=place, tail=mention.tail
            )


def _compound(mention: Mention, language: Language) -> bool:
    """Whether a company word ends a compound that describes the name after it: "batarya üreticisi Siro"."""
    return mention.tail > 0 and not language.grammar["subjects_marked"]


def _named_next(text: str, mention: Mention, after: list[Mention]) -> bool:
    """Whether the name follows at once, so that the word stands for nobody else ("компания «Lynas»")."""
    return bool(after) and not text[mention.end : after[0].start].strip(' «„“"')


def _with_country(text: str, mention: Mention, after: list[Mention]) -> Mention:
    """A word for a company with the adjective of a country behind it, unless a name follows: "la minera china", "il gruppo francese"."""
    if (
        not after
        or after[0].form != "adjective"
        or text[mention.end : after[0].start] != " "
        or text[after[0].end + 1 : after[0].end + 2].isupper()
    ):
        return mention
    return mention._replace(end=after[0].end)


def _described(text: str, mention: Mention, actors: list[Mention], starts: list[int], language: Language) -> int:
    """Where "the Australian miner" begins, that stands for a company named before; -1 if it has a name of its own or no article."""
    index = bisect_left(starts, mention.end)
    following = _TOKEN.match(text, mention.end + 1)
    behind = language.grammar["nouns_first"] and actors[index : index + 1] and actors[index].form == "adjective"
    if (not behind and _named_next(text, mention, actors[index : index + 1])) or (following and _goes_on(following[0], language)):
        return -1
    near = list(islice(tokens_before(_TOKEN, text, max(0, mention.start - BACK), mention.start), ARTICLES))  # the nearest first
    count = next((n for n, token in enumerate(near) if folded_word(token[0]) in language.words("definite")), -1)
    if count < 0 or _STOP.search(text, near[count].end(), mention.start):
        return -1
    between = [token for token in near[:count] if not token[0][0].islower()]
    kinds = [a.form for token in between for a in actors[max(0, index - ARTICLES) : index] if a.start <= token.start() < a.end]
    return near[count].start() if kinds.count("adjective") == len(between) == len(kinds) else -1


def _goes_on(word: str, language: Language) -> bool:
    """Whether the word after a noun says whose it is or what it is called: "the miner of ...", "the miner Lynas"."""
    folded = folded_word(word)
    named = word[0].isupper() and not language.grammar["nouns_capital"]
    return named or "of" in language.markers.get(folded, NONE) or folded in language.words("genitive")


def _of_a_pair(text: str, mention: Mention, language: Language) -> bool:
    """Whether the word belongs to a phrase for the pair named before ("each government")."""
    around = folded_word(text[max(0, mention.start - ARTICLES * 6) : mention.end])
    return any(around.endswith(phrase) for phrase in language.words("both"))


def _speaker(text: str, mention: Mention, mentions: Sequence[Mention], after: list[Mention]) -> Mention | None:
    """The speaker named after his words: "im April werde er reisen, kündigte Trump an"."""
    for actor in after:
        gap = text[mention.end : actor.start]
        says = within(mentions, max(mention.end, actor.start - BACK), actor.start, "concept")
        if actor.form == "person" and len(gap) <= AHEAD and not _END.search(gap) and any(m.value == "SAY" for m in says):
            return actor
    return None


def _definite(text: str, mention: Mention, language: Language) -> bool:
    """Whether an article stands before a government word; languages without articles need none."""
    if not language.grammar["articles"] or not language.words("determiners"):
        return True
    tokens = islice(tokens_before(_TOKEN, text, max(0, mention.start - BACK), mention.start), ARTICLES)
    return any(folded_word(token[0]) in language.words("determiners") for token in tokens)


def _source(text: str, kind: str, before: list[Mention]) -> Mention | None:
    """The actor that an anaphor of a kind stands for: the nearest that acted, else the nearest at all."""
    fit = [actor for actor in before if _fits(kind, actor)]
    if kind == "person" and not fit:
        fit = [actor for actor in before if _fits("company", actor)] or [actor for actor in before if _fits("state", actor)]
    acting = [actor for actor in fit if not actor.markers & OBLIQUE]
    if acting and kind == "company" and _END.search(text, acting[-1].end, fit[-1].start):
        return fit[-1]  # who acted before the last sentence is not meant any more
    return acting[-1] if acting else fit[-1] if fit else None


def _fits(kind: str, actor: Mention) -> bool:
    if kind == "state":
        return len(actor.value) == 3 or (actor.value == "org:EU" and actor.form != "region")
    if kind == "company":
        return actor.form == "body" and actor.value[:4] == "org:" and actor.value.lower() == actor.value and actor.value[4:7] != "us-"
    return actor.form == "person" and actor.source is None
