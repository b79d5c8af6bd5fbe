"""Fold text for matching, and find the way back to the untouched text.

Matching ignores case, writes ß as ss, composes accents and sees every run of white space as one blank. Folding changes lengths, so each
folded character remembers where in the untouched text it came from; all offsets that leave this module are offsets there. Wide Latin
letters and digits are the plain ones, the Turkish letters i with and without a dot are one, and so are the Russian е and ё, and the long
and the short letters of Chinese (letters.txt), so that one list of words serves both scripts.
"""

import re
import unicodedata
from array import array
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_WIDE = {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)}
_PAIRS = (Path(__file__).resolve().parent / "letters.txt").read_text(encoding="utf-8").splitlines()[1:]
_HAN = {pair[0]: pair[1] for line in _PAIRS for pair in line.split()}
_FEW = {"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "‐": "-", "−": "-", "İ": "i", "ı": "i", "ё": "е", "Ё": "Е"}
_SAME = str.maketrans({**_FEW, **_WIDE, **_HAN})
_MANY = re.compile("[\u3400-\u9fff\uf900-\uff5e\U00020000-\U000323af]")  # where the wide and the long letters are
# Letters and signs that fold one by one into one: none of them is dropped, combines with the letter before or grows.
_SIMPLE = (
    "!-~\u00a1-\u00ac\u00ae-\u00de\u00e0-\u00ff\u0100-\u012f\u0131-\u0148\u014a-\u017f\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e"
    "\u20a0-\u20bf\u3001-\u3029\u3030-\u303f\u3041-\u3096\u309b-\u30ff\u3400-\u9fff\uac00-\ud7a3"
)
_PLAIN = re.compile(f"[{_SIMPLE}]+(?: [{_SIMPLE}]+)*")
_ALL_PLAIN = re.compile(f" ?[{_SIMPLE}]+(?: [{_SIMPLE}]+)* ?")
ROOM = 20_000
_COUNT = array("I", range(ROOM))  # to copy from: counting anew takes longer
_DROPPED = {"\u00ad", "\u200b", "\u2060", "\ufeff"}


# Scripts that set no blanks between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0x20000, 0x323AF))
UNSPACED = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in _UNSPACED) + "]+")
"""A run of letters that set no blanks, see `unspaced`."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text with the first and the last original position of every folded character."""

    text: str
    first: Sequence[int]
    last: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of the untouched text behind a half-open span of the folded one.

        >>> fold("Große Ausfuhr").original(7, 14)
        (6, 13)
        """
        return self.first[start], self.last[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold text for matching.

    >>> fold("Straße  NACH\\nOsten").text
    'strasse nach osten'
    >>> fold("貿易協議").text == fold("贸易协议").text
    True
    """
    pieces: list[str] = []
    first, last = array("I"), array("I")  # a list of positions takes ten times the room
    plain = _same(text)
    position = 0
    for run in _PLAIN.finditer(plain):
        start, end = run.span()
        if position < start:
            _fold_slowly(plain, position, start, pieces, first, last)
        pieces.append(run[0].casefold())
        places = _COUNT[start:end] if end <= ROOM else array("I", range(start, end))
        first.extend(places)
        last.extend(places)
        position = end
    _fold_slowly(plain, position, len(plain), pieces, first, last)
    return Folded("".join(pieces), first, last)


def _same(text: str) -> str:
    """Put one letter for those that are alike; a table of thousands is looked up only where one of them can be."""
    if text.isascii():
        return text
    if _MANY.search(text):
        return text.translate(_SAME)
    for letter, alike in _FEW.items():
        text = text.replace(letter, alike)
    return text


def _fold_slowly(text: str, start: int, end: int, pieces: list[str], first: MutableSequence[int], last: MutableSequence[int]) -> None:
    """Fold what is not plain with single blanks, character by character."""
    for position in range(start, end):
        character = text[position]
        if character in _DROPPED:
            continue
        # The parts of a Korean syllable are no combining marks.
        if pieces and (unicodedata.combining(character) or "\u1160" <= character <= "\u11ff"):
            whole = unicodedata.normalize("NFC", pieces[-1][-1] + character)
            if len(whole) == 1:
                pieces[-1], last[-1] = pieces[-1][:-1] + whole, position
            continue
        if character.isspace():
            if pieces and pieces[-1] == " ":
                last[-1] = position
                continue
            character = " "
        for piece in character.casefold():
            pieces.append(piece)
            first.append(position)
            last.append(position)


@lru_cache(maxsize=50_000)
def folded_word(word: str) -> str:
    """Return a word folded, without its way back.

    >>> folded_word("Weiß")
    'weiss'
    """
    return fold_text(word)


def fold_text(text: str) -> str:
    """Return a text folded, without its way back, for what is asked only once.

    >>> fold_text(" NACH Osten")
    ' nach osten'
    """
    plain = _same(text)
    return plain.casefold() if _ALL_PLAIN.fullmatch(plain) else fold(text).text


@lru_cache(maxsize=1 << 16)
def unspaced(character: str) -> bool:
    """Whether a character belongs to a script that sets no blanks between words.

    >>> unspaced("鉱"), unspaced("한"), unspaced("e")
    (True, False, False)
    """
    code = ord(character)
    return code > 0x0DFF and any(first <= code <= last for first, last in _UNSPACED)


def katakana(character: str) -> bool:
    """Whether a character is a letter of the Japanese script for foreign words.

    >>> katakana("タ"), katakana("ー"), katakana("・"), katakana("た")
    (True, True, False, False)
    """
    return "\u30a1" <= character <= "\u30ff" and character != "・"


def hangul(character: str) -> bool:
    """Whether a character is a syllable of the Korean script.

    >>> hangul("억"), hangul("億")
    (True, False)
    """
    return "\uac00" <= character <= "\ud7a3"


def wordy(character: str) -> bool:
    """Whether a character can be part of a word, vowel signs of Indian scripts among them.

    >>> [wordy(sign) for sign in ("a", "7", "\u093e", "-")]
    [True, True, True, False]
    """
    return character.isalnum() or unicodedata.category(character)[0] == "M"
