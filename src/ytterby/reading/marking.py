"""Mark what part each actor plays in its sentence: by the words before it, the endings glued to it, the words after it; and join lists."""

import re
from collections.abc import Iterator
from itertools import islice

from ytterby.reading.boundaries import suffix, tokens_before
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language, ending, opening
from ytterby.reading.mentions import NONE, Mention

_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+(?:[.&-][^\W_]+)*")
_COMMA = re.compile(r"([,、])")
_QUOTES = re.compile("[«»„“”]")
_SMALL = re.compile(r" [a-z]")
_BRACKETS = re.compile(r" ?\([^()\n]{1,40}\)")
PLACED = frozenset({"by", "from", "to", "with", "in", "at", "of", "for", "against", "about", "between"})
OWNING = frozenset({"possessive", "adjective", "attribute"})
BOUND = frozenset({"of", "in", "at"})
AIMED = frozenset({"about", "against", "to"})
NOUNS = 3
WINDOW = 60
LONGEST = 16
WORDS, GAP, TOKENS = 4, 20, 6


Around = dict[tuple[int, int, int, str, int, frozenset[str]], frozenset[str]]
"""What the words around a mention mark, by all that it depends on."""


def marked(text: str, actors: list[Mention], language: Language, around: Around | None = None) -> list[Mention]:
    """Give each actor mention its markers (preposition, possession) and the chain of actors it is joined to by 'and'.

    around: what was found about the same text before; it is added to.

    >>> from ytterby.reading.folding import fold
    >>> from ytterby.reading.lexicon import load_language
    >>> from ytterby.reading.mentions import find_mentions
    >>> from ytterby.reading.people import learn
    >>> story, english = "curbs on exports to Japan and India", load_language("en")
    >>> [sorted(m.markers) for m in marked(story, learn(story, find_mentions(story, fold(story), english), english), english)]
    [['to'], ['to']]
    """
    found: list[Mention] = []
    around = {} if around is None else around
    for number, mention in enumerate(actors):
        markers = _all_markers(text, mention, language, around)
        chain = number
        if found and _joined(text, found[-1], mention, language) and not _apart(text, actors, number, language):
            chain = found[-1].chain
            if language.grammar["nouns_first"] and mention.form == "adjective" and found[-1].form == "government":
                markers = found[-1].markers  # "les présidents chinois et russe"
            elif language.bends and mention.markers and markers == mention.markers:
                markers = found[-1].markers  # a list stands in one case, and a preposition before its head counts for all
            elif not markers & PLACED and not language.grammar["marks_follow"]:
                markers |= found[-1].markers - OWNING
            if markers & found[-1].markers & {"attribute"} or text[found[-1].end : mention.start] in HYPHENS:
                both = {"adjective"} & markers & found[-1].markers  # "российско-китайское": a pair, no owner
                found[-1] = found[-1]._replace(markers=found[-1].markers - {"attribute"} - both)
                markers -= both
        town = not language.spaces and mention.form in ("capital", "city") and not markers & PLACED
        if town and found and found[-1].end == mention.start:
            markers |= found[-1].markers & {"in", "at"}  # "在马来西亚吉隆坡"
        found.append(mention._replace(markers=markers, chain=chain))
    return list(_last_marks(found)) if language.grammar["marks_follow"] else found


def _all_markers(text: str, mention: Mention, language: Language, around: Around) -> frozenset[str]:
    """What a name's form and the words around it mark; a preposition outweighs the case it asks for, and a case picks from it."""
    own = mention.markers if language.inflected or language.grammar["subjects_marked"] else NONE
    key = (mention.start, mention.end, mention.opening, mention.form, mention.tail, own)
    beside = around.get(key)
    if beside is None:
        beside = around[key] = _markers(text, mention, language)
    if not (language.bends and mention.markers and beside):
        return mention.markers | beside
    # "в" marks where and where to; only the accusative, which bears no mark, tells where to.
    return (mention.markers & beside) or (beside - {"to"} if beside >= {"to", "in"} else beside)


HYPHENS = ("-", "–", "‑", "/")


def _first(actor: Mention) -> int:
    """Where an actor begins, with the words that describe it."""
    return actor.start if actor.opening < 0 else actor.opening


def _apart(text: str, actors: list[Mention], number: int, language: Language) -> bool:
    """Whether a comma alone parts the subject from the rest: "Çin, Japonya'ya", "face à Pékin, le Japon"."""
    words = re.sub(",", " , ", folded_word(text[actors[number - 1].end : _first(actors[number])])).split()
    land = actors[number - 1].form == "city" and actors[number - 1].value == actors[number].value  # "en La Rochelle, Francia"
    behind = language.grammar["nouns_first"] and words[:1] == [","] and language.words("determiners").issuperset(words[1:]) and not land
    follow = language.grammar["marks_follow"] and not language.grammar["subjects_marked"] and words == [","]
    if not (behind or follow):
        return False
    following = actors[number + 1 :][:1]
    return not following or not _joined(text, actors[number], following[0], language)


def _last_marks(actors: list[Mention]) -> Iterator[Mention]:
    """Where marks follow the name, the last of a list bears them for all."""
    last = {actor.chain: actor.markers for actor in actors}
    return (actor._replace(markers=last[actor.chain]) for actor in actors)


def _joined(text: str, one: Mention, other: Mention, language: Language) -> bool:
    """Whether two actors stand in one list: a comma, 'and', a hyphen or a suffix that means 'and' is all that parts them."""
    gap = _QUOTES.sub("", text[one.end : _first(other)])
    coordinators = language.words("coordinators")
    if _set_apart(one, other, gap) or (not language.spaces and _closed(text, one, other, gap, language)):
        return False
    if not gap.strip():
        return one.form == other.form == "pair" or (one.tail > 0 and folded_word(text[one.end - one.tail : one.end]) in coordinators)
    if gap in HYPHENS:
        return (one.form in ("name", "body") and other.form in (one.form, "adjective")) or one.form == other.form == "adjective"
    words = _COMMA.sub(r" \1 ", folded_word(gap)).replace("'", " ").split()
    if language.spaces and one.tail and folded_word(text[one.end - one.tail : one.end]) in coordinators and words == [","]:
        return True
    if language.grammar["nouns_first"] and one.markers & BOUND and words[:1] == [","] and _plain_article(words, language):
        return False  # "à margem da cimeira de Astana, o ministro": a list would repeat the preposition
    links = coordinators | {","}
    allowed = links | language.words("determiners")
    other_words = [word for word in words if word not in allowed]
    if words[:1] and words[0] in coordinators and len(words) > 2 and words[1] in language.words("determiners"):
        other_words = other_words[1:]  # "and its supplier X"
    return len(words) <= WORDS and any(word in links for word in words) and not other_words


def _set_apart(one: Mention, other: Mention, gap: str) -> bool:
    """Whether two actors stand too far apart for a list, or the first is only the place: "in Western Australia, Alcoa ..."."""
    place = one.form == "city" and other.form not in ("city", "capital") and one.value != other.value
    return place or (len(gap) > GAP and len(gap.split(maxsplit=WORDS)) > WORDS)


def _closed(text: str, one: Mention, other: Mention, gap: str, language: Language) -> bool:
    """Whether a suffix ends the list: "米国は、中国へ"; or the next is only the place: "首相と東京で"."""
    ending = folded_word(text[one.end - one.tail : one.end])
    place = "in" in other.markers and (other.form in ("capital", "city") or one.form in ("person", "government"))
    return (gap.strip() in ("、", ",") and one.tail > 0 and ending not in language.words("coordinators")) or (not gap and place)


def _plain_article(words: list[str], language: Language) -> bool:
    """Whether words end with an article that holds no preposition ("il", not "del")."""
    return words[-1] in language.words("determiners") and words[-1] not in language.markers and not _coordinated(words, language)


def _coordinated(words: list[str], language: Language) -> bool:
    """Whether 'and' or 'or' is among some words."""
    return any(word in language.words("coordinators") for word in words)


def _markers(text: str, mention: Mention, language: Language) -> frozenset[str]:
    found = frozenset({"adjective"}) if mention.form == "adjective" else NONE
    if _attribute(text, mention, language):
        found |= {"attribute"}
    after = _after(text, mention.end, language)
    if not after and language.grammar["inflected"] and language.spaces and (found | mention.markers) & OWNING:
        found |= _aimed(text, mention.end, language)
    return found | (after or (_before(text, mention, language) if language.spaces else _glued_before(text, mention, language)))


def _aimed(text: str, end: int, language: Language) -> frozenset[str]:
    """Whether what a name owns is aimed at: "Rusya'nın nikel sektörüne karşı", "러시아 기업들에 대해"."""
    for token in list(_TOKEN.finditer(text, end, min(len(text), end + WINDOW)))[: NOUNS + 1]:
        if text[end : token.start()].strip():
            return NONE
        if "against" in language.postpositions.get(folded_word(token[0]), NONE):
            return frozenset({"against"})
        end = token.end()
    return NONE


def _attribute(text: str, mention: Mention, language: Language) -> bool:
    """Whether a name stands before a noun as its attribute: "US-Zölle", "US tariffs"."""
    if text[mention.end : mention.end + 1] in HYPHENS[:3]:
        return True
    surface = text[mention.start : mention.end]
    if language.grammar["subjects_marked"]:
        return _unmarked(text, mention, language)
    if language.grammar["nouns_capital"] or language.grammar["nouns_first"] or mention.form != "name" or not surface.isupper():
        return False
    last = next(tokens_before(_TOKEN, text, max(0, mention.start - WINDOW), mention.start), None)
    article = last is not None and folded_word(last[0]) in language.words("determiners")
    return not article and _SMALL.match(text, mention.end) is not None


def _unmarked(text: str, mention: Mention, language: Language) -> bool:
    """Whether a name without an ending stands right before a noun that it describes: "중국 희토류" (China's rare earths)."""
    following = re.match(r" ([^\W\d_]+)", text[mention.end : mention.end + LONGEST])
    if following is None or mention.tail or mention.markers or mention.form not in ("name", "body", "capital", "government"):
        return False
    word = folded_word(following[1])
    if word in language.suffixes:
        return False
    return not any(word.startswith(link) for link in language.words("coordinators") if len(link) > 1) and word not in language.postpositions


def _after(text: str, end: int, language: Language) -> frozenset[str]:
    """What a postposition after the name marks, or a suffix after the brackets that follow it ("유럽연합(EU)과")."""
    if not language.postpositions:
        return NONE
    if language.grammar["inflected"] and (brackets := _BRACKETS.match(text, end)):
        beyond, marks = suffix(folded_word(text[brackets.end() : brackets.end() + LONGEST]), 0, language)
        return marks or _after(text, brackets.end() + beyond, language)
    letters = folded_word(text[end : end + LONGEST]).lstrip()
    whole = (size for size in language.postposition_sizes if not letters[size : size + 1].isalnum())
    return language.postpositions.get(opening(letters, language.postpositions, whole), NONE)


def _glued_before(text: str, mention: Mention, language: Language) -> frozenset[str]:
    """What the letters right before a name mark, or its own first letter, if the entry holds it ("对华")."""
    letters = folded_word(text[max(0, mention.start - LONGEST) : mention.start])
    word = ending(letters, language.markers, language.marker_sizes)
    if mention.form == "adjective" and not word:
        word = opening(folded_word(text[mention.start : mention.end]), language.markers, language.marker_sizes)
    return language.markers.get(word, NONE)


def _before(text: str, mention: Mention, language: Language) -> frozenset[str]:
    """What the preposition before the name marks; determiners and one bent adjective may stand between."""
    start = mention.opening if mention.opening >= 0 else mention.start
    if language.grammar["nouns_first"] and mention.form == "adjective":
        return _before_noun(text, start, language)
    position, genitive, later = start, False, ""
    tokens = islice(tokens_before(_TOKEN, text, max(0, start - WINDOW), start), TOKENS)
    following = next(tokens, None)
    while (token := following) is not None:
        following = next(tokens, None)
        gap = text[token.end() : position]
        if gap != " " and (gap.strip(" \n\"'«„“’-") or (gap.startswith("-") and gap != "-")):
            return NONE
        word = folded_word(token[0])
        earlier = folded_word(following[0]) if following is not None else ""
        if marks := _meaning(earlier, word, later, language):
            return marks
        if word not in language.words("determiners") and not _bent(token[0], position == start):
            return frozenset({"of"}) if genitive and token[0][0].isupper() else NONE
        later = word
        genitive = word in language.words("genitive")
        position = token.start()
    return NONE


def _before_noun(text: str, start: int, language: Language) -> frozenset[str]:
    """What the preposition before the nouns marks that an adjective follows: "sur l'acier chinois", "su rame e nichel russi"."""
    position, later, nouns = start, "", 0
    tokens = islice(tokens_before(_PIECE, text, max(0, start - WINDOW), start), TOKENS + 2)
    following = next(tokens, None)
    while (token := following) is not None:
        following = next(tokens, None)
        word = folded_word(token[0])
        if text[token.end() : position].strip(" \n\"'«„“’-" + ("," if nouns else "")):
            return NONE
        earlier = folded_word(following[0]) if following is not None else ""
        marks = _meaning(earlier, word, later, language)
        if marks and not (nouns and "of" in marks):
            return marks & AIMED if nouns else marks
        position, later = token.start(), word
        if marks or word in language.words("determiners") or (nouns and word in language.words("coordinators")):
            continue
        if nouns == NOUNS or not token[0].islower():
            return NONE
        later, nouns = "", nouns + 1
    return NONE


def _meaning(earlier: str, word: str, later: str, language: Language) -> frozenset[str]:
    """What a preposition marks, alone or with the word beside it ("face au", "in die")."""
    phrases = (f"{earlier} {word}", f"{word} {later}", word)
    return next((language.markers[phrase] for phrase in phrases if phrase in language.markers), NONE)


def _bent(word: str, next_to_name: bool) -> bool:
    return next_to_name and word[0].islower() and len(word) > 4 and word.endswith("en")
