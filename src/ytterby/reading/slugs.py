"""Names as ids: small Latin letters and hyphens, so that one company has one id in every language that writes its name with them."""

import re
from unicodedata import normalize

_CYRILLIC = (
    "а=a б=b в=v г=g д=d е=e ё=e ж=zh з=z и=i й=i к=k л=l м=m н=n о=o п=p р=r с=s т=t у=u ф=f х=kh ц=ts ч=ch ш=sh щ=shch ъ=a ы=y ь= э=e "
    "ю=yu я=ya і=i ї=i є=e ґ=g ø=o ł=l đ=d ı=i æ=ae œ=oe"
)
LETTERS = str.maketrans(dict(pair.split("=") for pair in _CYRILLIC.split(" ")))


def slug(name: str) -> str:
    """Return a name as an id; other scripts than Latin and Cyrillic keep their letters.

    >>> slug("Caucase Métaux & Cie"), slug("Уральский завод"), slug("ガラス工業")
    ('caucase-metaux-cie', 'uralskii-zavod', 'ガラス工業')
    """
    plain = normalize("NFKC", name).casefold().translate(LETTERS)
    letters = (normalize("NFD", letter) for letter in plain)
    return re.sub(r"[^\w]+", "-", "".join(parts[0] if parts[0].isascii() else normalize("NFC", parts) for parts in letters)).strip("-_")
