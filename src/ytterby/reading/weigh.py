"""Learn the weights of likely.py: `python -m ytterby.reading.weigh tests/reading` writes weights.csv.

Two kinds of labelled articles: wire/*.json with text, published, language and events, each with a type and a verbatim evidence; and
sentences/*.toml, of which the rules tell all that is to be told, so that they teach what tells nothing (each counts OWN times). A sentence
tells an event if most of the evidence, or most of the sentence, lies in the other. For each type, over the sentences in which the rules
do not find it, logistic regression with a quadratic penalty:

    minimise  sum_s log(1 + exp(-y_s (b + w x_s))) + |w|^2 / (2 C),   y = 1 told, -1 not; x: 1 for each feature that a sentence names
"""

import csv
import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ytterby.reading.article import parse_published
from ytterby.reading.document import Document, analyse
from ytterby.reading.lexicon import load_language
from ytterby.reading.likely import BIAS, FILE, features, told_by_rules
from ytterby.reading.reader import by_rules

Floats = NDArray[np.float64]
PENALTY = 1.0
"""C: larger trusts the articles more."""
OWN = 10
LEAST = 8
"""A type or a feature with fewer sentences learns nothing."""
Row = dict[str, Any]
Sentence = tuple[frozenset[str], frozenset[str], frozenset[str]]


def rows(article: Row) -> Iterator[Sentence]:
    """Yield, for each sentence of a labelled article: the features that it names, the types that it tells, those that rules find."""
    document = analyse(article["text"], parse_published(article["published"], "published"), load_language(article["language"]))
    found = told_by_rules(by_rules(document)[0])
    for number, sentence in enumerate(document.sentences):
        known = frozenset(found.get(number, ()))
        named = [*features(document, sentence.start, sentence.end), *(f"@told:{type_}" for type_ in known)]
        yield frozenset(named), frozenset(_told(article, document, sentence.start, sentence.end)), known


def _told(article: Row, document: Document, start: int, end: int) -> Iterator[str]:
    for event in article["events"]:
        first = document.text.find(event["evidence"])
        last = first + len(event["evidence"])
        if min(last, end) - max(first, start) > 0.5 * min(last - first, end - start):
            yield event["type"]


def fit(x: Floats, y: Floats, penalty: float = PENALTY) -> Floats:
    """Return the weights of the columns of x, the bias last; y holds 1 and -1.

    >>> x = np.array([[1.0], [1.0], [0.0], [0.0]])
    >>> bool(fit(x, np.array([1.0, 1.0, -1.0, -1.0]))[0] > 0.5)
    True
    """
    from scipy.optimize import minimize

    wide = np.hstack([x, np.ones((len(x), 1))])
    penalised = np.append(np.full(x.shape[1], 1.0 / penalty), 0.0)

    def loss(w: Floats) -> tuple[float, Floats]:
        margin = y * (wide @ w)
        pull = -y / (1.0 + np.exp(np.clip(margin, -500.0, 500.0)))
        return float(np.logaddexp(0.0, -margin).sum() + 0.5 * (penalised * w * w).sum()), wide.T @ pull + penalised * w

    found: Floats = minimize(loss, np.zeros(wide.shape[1]), jac=True, method="L-BFGS-B").x
    return found


def learn(sentences: Sequence[Sentence]) -> list[tuple[str, str, float]]:
    """Return (type, feature, weight) of each type that rules miss in enough sentences; what they find teaches nothing here."""
    counts = Counter(name for named, _, _ in sentences for name in named)
    names = sorted(name for name, count in counts.items() if count >= LEAST)
    x = np.array([[name in named for name in names] for named, _, _ in sentences], dtype=np.float64)
    found = []
    for type_ in sorted({type_ for _, told, _ in sentences for type_ in told}):
        open_ = np.array([type_ not in known for _, _, known in sentences])
        y = np.array([1.0 if type_ in told else -1.0 for _, told, _ in sentences])[open_]
        if (y > 0).sum() >= LEAST:
            weights = fit(x[open_], y)
            found += [(type_, name, round(float(weight), 3)) for name, weight in zip([*names, BIAS], weights, strict=True)]
    return found


def labelled(folder: Path) -> list[Sentence]:
    """Return the sentences of a folder's articles."""
    wire = [article for path in sorted(folder.glob("wire/*.json")) for article in json.loads(path.read_text("utf-8"))]
    own = [
        {"language": path.stem, "events": [], **article}
        for path in sorted(folder.glob("sentences/*.toml"))
        for article in tomllib.loads(path.read_text("utf-8"))["article"]
    ]
    told = [row for article in wire for row in rows(article)]
    return told + OWN * [(named, known, known) for article in own for named, _, known in rows({**article, "events": []})]


def main(folder: str) -> None:
    """Write the weights that the labelled articles of a folder give."""
    found = [row for row in learn(labelled(Path(folder))) if row[2]]
    with FILE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([("type", "feature", "weight"), *found])


if __name__ == "__main__":
    main(sys.argv[1])
