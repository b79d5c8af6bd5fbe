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
_SAME = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-", "‐": "-", "−": "-", "İ": "i", "ı": "i", "ё": "е", "Ё": "Е", **_WIDE, **_HAN})
_ASCII = re.compile("[!-~]+(?: [!-~]+)*")
_DROPPED = {"\u00ad", "\u200b", "\u2060", "\ufeff"}


# Scripts that set no blanks between words: Thai, Lao, Burmese, Khmer, Chinese and Japanese.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3005, 0x3007), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0x20000, 0x323AF))


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
    letters: list[str] = []
    first, last = array("I"), array("I")  # a list of positions takes ten times the room
    plain = text.translate(_SAME)
    position = 0
    for run in _ASCII.finditer(plain):
        _fold_slowly(plain, position, run.start(), letters, first, last)
        letters.extend(run[0].lower())
        first.extend(range(run.start(), run.end()))
        last.extend(range(run.start(), run.end()))
        position = run.end()
    _fold_slowly(plain, position, len(plain), letters, first, last)
    return Folded("".join(letters), first, last)


def _fold_slowly(text: str, start: int, end: int, letters: list[str], first: MutableSequence[int], last: MutableSequence[int]) -> None:
    """Fold what is not plain ASCII with single blanks, character by character."""
    for position in range(start, end):
        character = text[position]
        if character in _DROPPED:
            continue
        # The parts of a Korean syllable are no combining marks.
        if letters and (unicodedata.combining(character) or "\u1160" <= character <= "\u11ff"):
            whole = unicodedata.normalize("NFC", letters[-1] + character)
            if len(whole) == 1:
                letters[-1], last[-1] = whole, position
            continue
        if character.isspace():
            if letters and letters[-1] == " ":
                last[-1] = position
                continue
            character = " "
        for piece in character.casefold():
            letters.append(piece)
            first.append(position)
            last.append(position)


@lru_cache(maxsize=50_000)
def folded_word(word: str) -> str:
    """Return a word folded, without its way back.

    >>> folded_word("Weiß")
    'weiss'
    """
    return fold(word).text


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
