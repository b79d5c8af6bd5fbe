"""The web app as its readers feel it: first view, sliders, a crowd, memory.

    python -m bench.web [--quick]

Starts a server as users do, makes the German example's brief, and prints JSON: seconds to the printed address; seconds from a cold
browser's request to a first view that stands (p50 of 5, if chromium is there); seconds of a slider's answer (p50, p95 of 40 different
questions); seconds of a plan for another budget; answers per second and faults with 50 readers at once; memory of the server at rest,
after the brief, at the end and at its peak (MB, resident; a brief is made in a process of its own, which ends with it). Limits of the
issue: first view 1.5 s, slider p95 1 s, no faults with 50 readers, 500 MB.
"""

import json
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.rows import Row, asked, tell

GERMAN = Path(__file__).resolve().parents[1] / "examples" / "usa-japan-2025-10-28.de.txt"
CHROMIUM = Path("/usr/bin/chromium")
READERS, ROUNDS, QUESTIONS, BUDGETS = 50, 6, 40, (5e8, 1e9, 2e9, 8e9)


def ask(address: str, path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"{address}/api/v1{path}", data, {"content-type": "application/json", "accept-encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=300) as answer:
        content = answer.read()
        return json.loads(content) if answer.headers["content-encoding"] != "gzip" else content


def memory(process: int, name: str = "VmRSS") -> float:
    """Return megabytes: VmRSS now, VmHWM at the peak."""
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(rf"{name}:\s+(\d+) kB", status)
    return round(int(found.group(1)) / 1e3, 0) if found else float("nan")


def timed(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def made(address: str) -> tuple[str, float]:
    """Make the brief; returns its id and the seconds that it took."""
    begun = time.perf_counter()
    job = ask(address, "/briefs", {"articles": [{"text": GERMAN.read_text(encoding="utf-8")}], "allies": ["USA", "JPN"]})
    while job["state"] in ("waiting", "running"):
        time.sleep(0.05)
        job = ask(address, f"/jobs/{job['id']}")
    assert job["state"] == "done", job
    return job["result"].rsplit("/", 1)[1], time.perf_counter() - begun


def sliders(address: str, brief: str, count: int) -> dict[str, float]:
    questions = [{"scenario": "status quo", "severity": round(0.5 + 0.02 * n, 2), "delay_days": 30 + n, "cover": 1.0} for n in range(count)]
    seconds = sorted(timed(lambda one=one: ask(address, f"/briefs/{brief}/what-if", one)) for one in questions)
    budgets = [timed(lambda usd=usd: ask(address, f"/briefs/{brief}/plan?budget={usd}")) for usd in BUDGETS[:count]]
    return {
        "slider_p50_s": statistics.median(seconds),
        "slider_p95_s": seconds[max(0, int(0.95 * len(seconds)) - 1)],
        "budget_p50_s": statistics.median(budgets),
        "budget_worst_s": max(budgets),
    }


def crowd(address: str, brief: str, count: int) -> dict[str, float]:
    paths = [f"/briefs/{brief}/sections/{name}" for name in ("top", "article", "chain", "stress", "plan", "indicators")]
    faults: list[str] = []

    def read(number: int) -> None:
        for turn in range(ROUNDS):
            try:
                ask(address, paths[(number + turn) % len(paths)])
            except OSError as error:
                faults.append(str(error))

    with ThreadPoolExecutor(count) as readers:
        seconds = timed(lambda: list(readers.map(read, range(count))))
    return {"readers": count, "answers_per_s": count * ROUNDS / seconds, "faults": len(faults)}


def first_view(address: str, query: str) -> float:
    """Return the seconds from a cold browser's request to a view that stands, the median of five."""
    from playwright.sync_api import sync_playwright

    seconds = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=["--headless", "--no-sandbox", "--disable-gpu"])
        for _ in range(5):
            tab = browser.new_context().new_page()
            begun = time.perf_counter()
            tab.goto(f"{address}/{query}", wait_until="commit")
            tab.locator("body[data-ready]").wait_for(state="attached")
            seconds.append(time.perf_counter() - begun)
            tab.context.close()
        browser.close()
    return statistics.median(seconds)


def tell_all(result: dict[str, float]) -> None:
    """Tell the figures that have a limit."""
    readers = f"{result['readers']:.0f} readers at once"
    tell(
        Row("first view, cold browser", result.get("first_view_s"), "s", limit=1.5),
        Row("first view of a brief, cold browser", result.get("first_view_of_brief_s"), "s", limit=1.5),
        Row("answer to a slider, p95", result["slider_p95_s"], "s", limit=1.0),
        Row("plan for another budget, the slowest", result["budget_worst_s"], "s", limit=1.0),
        Row(f"faults with {readers}", result["faults"], "", limit=0.0),
        Row(f"answers with {readers}", result["answers_per_s"], "1/s", less=False),
        Row("memory of the server, peak", result["peak_mb"], "MB", limit=500.0),
    )


def measured(process: int, address: str, quick: bool) -> dict[str, float]:
    """Return all figures of a server that runs."""
    ask(address, "")
    result, browser = {"rest_mb": memory(process)}, CHROMIUM.exists() and not quick
    if browser:
        result["first_view_s"] = first_view(address, "")
    brief, result["brief_s"] = made(address)
    result["after_brief_mb"] = memory(process)
    if browser:
        result["first_view_of_brief_s"] = first_view(address, f"?brief={brief}")
    result |= sliders(address, brief, 2 if quick else QUESTIONS) | crowd(address, brief, 4 if quick else READERS)
    return result | {"end_mb": memory(process), "peak_mb": memory(process, "VmHWM")}


def main() -> None:
    """Print the figures as JSON."""
    quick, begun = asked(__doc__).quick, time.perf_counter()
    command = [sys.executable, "-m", "ytterby", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert found
        result = {"start_s": time.perf_counter() - begun} | measured(process.pid, found.group(), quick)
    finally:
        process.terminate()
        process.wait()
    print(json.dumps({name: round(value, 3) for name, value in result.items()}, indent=1))
    tell_all(result)


if __name__ == "__main__":
    main()
