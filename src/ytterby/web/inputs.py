"""What a brief is made from."""

from dataclasses import asdict, dataclass
from hashlib import sha256

import ytterby
from ytterby.show.page import compact


@dataclass(frozen=True)
class Text:
    """An article as it was given: the name of its file, for the kind that it is of, and its text."""

    name: str
    text: str


@dataclass(frozen=True)
class Inputs:
    """All that a brief is made from."""

    articles: tuple[Text, ...]
    allies: tuple[str, ...] = ()
    budget: float = 5e9
    draws: int = 64
    weeks: int = 156
    published: str | None = None

    def id(self, world: str) -> str:
        """Return the id of the brief: a hash of the inputs, the world and the version."""
        return sha256(compact([asdict(self), world, ytterby.__version__]).encode()).hexdigest()[:16]
