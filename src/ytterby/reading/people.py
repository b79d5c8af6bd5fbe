"""Learn whom the text's people and governments stand for, from the text itself.

'[country] + office + Name' teaches a person ("Japans Regierungschefin Sanae Takaichi", "US President Trump", "President Xi of China"),
after which the surname alone is enough; in some languages the name stands first ("高市早苗首相"). A country and its office or its
government become one mention ("the Chinese commerce ministry").
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ytterby.reading.boundaries import joined, suffix
from ytterby.reading.companies import companies, short_names
from ytterby.reading.folding import folded_word
from ytterby.reading.lexicon import Language
from ytterby.reading.mentions import NONE, Mention
from ytterby.reading.names import Known, description, name_after, name_before, remember

_TOKEN = re.compile(r"[^\W_]+(?:['’.&-][^\W_]+)*")
_STOP = re.compile(r"[.,;:!?、。，；：！？]")
STATE_WORDS = ("GOV", "SIDE")
FAR, NEAR, FOLLOWING = 40, 30, 22
APPOSED = (",", ".", ";", ")", "")
Span = tuple[int, int]


@dataclass(frozen=True)
class Scene:
    """What is known before anybody is learnt."""

    text: str
    mentions: Sequence[Mention]
    actors: list[Mention]
    language: Language

    def words(self, start: int, end: int) -> list[str]:
        """Return the folded words of a stretch."""
        return [folded_word(token[0]) for token in _TOKEN.finditer(self.text, start, end)]


def learn(text: str, mentions: Sequence[Mention], language: Language) -> list[Mention]:
    """Return the actor mentions of a text with its people, governments and companies resolved, in order of start.

    >>> from ytterby.reading.folding import fold
    >>> from ytterby.reading.lexicon import load_language
    >>> from ytterby.reading.mentions import find_mentions
    >>> story = "Japans Regierungschefin Sanae Takaichi reist. Takaichi lacht."
    >>> german = load_language("de")
    >>> [(m.value, m.start, m.end) for m in learn(story, find_mentions(story, fold(story), german), german)]
    [('JPN', 0, 38), ('JPN', 46, 54)]
    """
    scene = Scene(text, mentions, _actors(mentions, language), language)
    offices = [m for m in mentions if m.kind == "office" or (m.kind == "concept" and m.value in STATE_WORDS)]
    known: Known = {}
    found = [whole for office in offices if office.value != "firm" and (whole := _office(scene, office, known)) is not None]
    for mention in mentions:
        if mention.kind == "person":
            who = text[mention.start : mention.end - mention.tail]
            remember(known, who, mention.value, f"{who} stands for {mention.value}: known by name", language)
    found += _named_later(text, known, offices, language)
    found += companies(text, offices, scene.actors, mentions, language)
    bodies = [m for m in [*found, *scene.actors] if m.form == "body" and m.value.startswith("org:") and m.value[4:].islower()]
    found += short_names(text, sorted(bodies, key=lambda body: body.start), mentions, language)
    kept = _outermost([*found, *scene.actors])
    firms = {office.end: office.start for office in offices if office.value == "firm"}
    described: list[Mention] = []
    opening = -1
    for index, mention in enumerate(kept):
        if _describes(scene, mention, kept[index + 1 : index + 2]):
            opening = mention.start if opening < 0 else opening
            continue
        if opening < 0 and mention.form == "body":
            opening = firms.get(mention.start - 1, -1)
        described.append(mention._replace(opening=opening) if opening >= 0 else mention)
        opening = -1
    return described


def _actors(mentions: Sequence[Mention], language: Language) -> list[Mention]:
    """The actor mentions; without blanks a short form may begin inside the letters of a name: "对美" in "对美国"."""
    actors = [mention for mention in mentions if mention.kind == "actor"]
    if language.spaces:
        return actors
    inside = [any(one.start < other.start < one.end < other.end for other in actors[at + 1 : at + 2]) for at, one in enumerate(actors)]
    return [one for one, cut in zip(actors, inside, strict=True) if not (cut and one.form == "adjective")]


def _office(scene: Scene, office: Mention, known: Known) -> Mention | None:
    """One mention out of a country and its office (and a name), or None if no country belongs to the office."""
    country, name = _described(scene, office) if scene.language.grammar["nouns_first"] else _around(scene, office)
    if country is None and name is not None and not scene.language.spaces:
        country = _person(scene, *name)
    if country is None or country.form == "pair":
        return None  # "日米外相": the office is both
    parts = [span for span in (name, (office.start, office.end)) if span]
    parts.append((country.start, country.end))
    start, end = min(parts)[0], max(end for _, end in parts)
    last = next((part for part in (office, country) if part.end == end), None)
    markers, tail = (last.markers, last.tail) if last is not None else (NONE, 0)
    if scene.language.bends:
        markers = office.markers  # the country is a genitive, the name an apposition: the office shows the case
    if name is None:
        surface = scene.text[start : end - tail]
        label = "office" if office.kind == "office" else "government"
        via = f"{label}: {surface!r} = {country.value}"
        return Mention("actor", country.value, start, end, "government", via, markers, tail=tail)
    who = scene.text[name[0] : name[1]]
    via = f"office+name: {who} = {office.value} of {country.value}, learnt at {start}..{end}"
    remember(known, who, country.value, via, scene.language)
    return Mention("actor", country.value, start, end, "person", via, markers, tail=tail)


def _person(scene: Scene, start: int, end: int) -> Mention | None:
    """A person known by name that begins in a span."""
    first, beyond = (bisect_left(scene.mentions, place, key=lambda mention: mention.start) for place in (start, end))
    return next((mention for mention in scene.mentions[first:beyond] if mention.kind == "person"), None)


def _around(scene: Scene, office: Mention) -> tuple[Mention | None, Span | None]:
    """The country and the name beside an office, where what describes it stands before."""
    country = _country_before(scene, office, office.start)
    first = country.start if country is not None else office.start
    name = _name(scene, office, first) if office.kind == "office" else None
    if country is None and name is not None and name[0] < office.start:
        country = _country_before(scene, office, name[0])
    if country is None:
        country = _country_after(scene, max(office.end, name[1] if name else 0))
        if country is not None and name is None and office.kind == "office":
            name = name_after(scene.text, country.end, scene.mentions, scene.language)  # "президент Китая Си Цзиньпин"
    return country, name


def _described(scene: Scene, office: Mention) -> tuple[Mention | None, Span | None]:
    """The same where it stands behind: "le ministre chinois du Commerce, Wang Wentao, ...", "le président Xi de Chine"."""
    end, country = description(scene.text, office.end, scene.actors, scene.language)
    if office.kind != "office":
        return country, None
    name = name_after(scene.text, end, scene.mentions, scene.language)
    if name is None and scene.text[end : end + 2] == ", ":
        name = name_after(scene.text, end + 1, scene.mentions, scene.language)
        name = name if name and scene.text[name[1] : name[1] + 1] in APPOSED else None
    return country or (_country_after(scene, name[1]) if name else None), name


def _name(scene: Scene, office: Mention, first: int) -> Span | None:
    before = name_before(scene.text, first, scene.mentions, scene.language)
    return before or name_after(scene.text, office.end, scene.mentions, scene.language)


def _country_before(scene: Scene, office: Mention, start: int) -> Mention | None:
    """The country right before an office, or before the name that stands before the office."""
    last = bisect_right(scene.actors, start, key=lambda actor: actor.start)
    near = scene.actors[max(0, last - 4) : last]
    for actor in reversed([actor for actor in near if start - actor.end <= NEAR]):
        union = actor.value == "org:EU" and actor.form != "region"
        if actor.form == "city" or (actor.value.startswith("org:") and not union):
            continue
        if actor.end > start:
            return actor if actor.start < office.start else None
        return actor if _belongs(scene, actor, start) else None
    return None


def _belongs(scene: Scene, actor: Mention, start: int) -> bool:
    gap = scene.text[actor.end : start]
    ends = actor.tail and "possessive" not in actor.markers
    if ends and (scene.language.grammar["subjects_marked"] or not (gap or scene.language.spaces)):
        return False  # "韓国で習近平国家主席と", "일본은 카터 총리와"
    if not gap or gap in (" ", "-", "\n"):
        place = actor.form == "capital" and any("in" in scene.language.markers.get(word, NONE) for word in _last(scene, actor.start))
        return actor.form == "adjective" or not (scene.language.bends or place)
    owns = actor.form == "adjective" or "possessive" in actor.markers
    words = [token[0] for token in _TOKEN.finditer(gap)]
    return owns and not _STOP.search(gap) and len(words) <= 2 and all(word[0].islower() for word in words)


def _last(scene: Scene, end: int) -> list[str]:
    """The word right before a position."""
    return scene.words(max(0, end - FOLLOWING), end)[-1:]


def _country_after(scene: Scene, end: int) -> Mention | None:
    language = scene.language
    first = bisect_right(scene.actors, end, key=lambda actor: actor.start)
    for actor in scene.actors[first : first + 1]:
        if language.bends and scene.text[end : actor.start] == " " and actor.form not in ("adjective", "region", "city"):
            return actor if "possessive" in actor.markers or not actor.markers else None
        if end < actor.start <= end + FOLLOWING:
            words = scene.words(end, actor.start)
            links = words and bool(language.markers.get(words[0], NONE) & {"of", "in", "from"} or words[0] in language.words("genitive"))
            rest = all(word in language.words("determiners") or word in language.words("genitive") for word in words[1:])
            punctuated = _STOP.search(scene.text[end : actor.start])
            return actor if links and rest and not punctuated and actor.form not in ("adjective", "region", "city") else None
    return None


def _named_later(text: str, known: Known, offices: Sequence[Mention], language: Language) -> Iterator[Mention]:
    if not known:
        return
    titles = {office.start: office for office in offices if office.kind == "office"} if language.grammar["name_first"] else {}
    folded = text.casefold()
    letters = folded if len(folded) == len(text) else text
    for start, stop in _places(text, known):
        end, marks = suffix(letters, stop, language)
        if joined(letters, start) or joined(letters, end):
            continue
        value, via = known[text[start:stop]]
        title = titles.get(end + text.startswith(" ", end)) if end == stop else None
        if title is not None:  # "카니 총리와": the office bears the ending
            yield Mention("actor", value, start, title.end, "person", via, title.markers, tail=title.tail)
            continue
        yield Mention("actor", value, start, end, "person", via, marks, tail=end - stop)


def _places(text: str, names: Iterable[str]) -> Iterator[Span]:
    """Where some names stand in a text, the longest of those that overlap; a pattern of them all would have to be compiled anew."""
    found: list[Span] = []
    for name in names:
        at = text.find(name)
        while at >= 0:
            found.append((at, at + len(name)))
            at = text.find(name, at + 1)
    beyond = 0
    for start, end in sorted(found, key=lambda place: (place[0], -place[1])):
        if start >= beyond:
            yield start, end
            beyond = end


def _outermost(found: list[Mention]) -> list[Mention]:
    kept: list[Mention] = []
    for mention in sorted(found, key=lambda m: (m.start, -m.end)):
        if not kept or mention.start >= kept[-1].end:
            kept.append(mention)
    return kept


def _describes(scene: Scene, mention: Mention, following: list[Mention]) -> bool:
    """Whether a country only describes the company or the person after it ("der kanadische Konzern Neo", "China's CMOC")."""
    if not following:
        return False
    after = following[0]
    parted = " " if scene.language.spaces else ""
    if after.form == "body" and mention.form == "name" and not mention.tail and scene.text[mention.end : after.start] == parted:
        return True
    if not (mention.form == "adjective" or "possessive" in mention.markers):
        return False
    if after.form != "person" and not (after.form == "body" and after.value.startswith("org:")):
        return False
    gap = scene.text[mention.end : after.start]
    plain = len(gap) <= FAR and not re.search(r"[.,;:!?()。、；：！？（）\n]", gap) and len(gap.split()) <= 3
    links = scene.language.words("coordinators")
    return plain and not any(word in scene.language.markers or word in links for word in scene.words(mention.end, after.start))
