"""The API: the story by hand, what is kept and not sent twice, jobs; and schemathesis on every path of its description."""

import json
import threading
import urllib.request
from types import SimpleNamespace
from typing import Any

import polars as pl
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance
from starlette.testclient import TestClient

from tests.web.conftest import GERMAN, PATIENCE, Server, status
from ytterby.core.world import load_world
from ytterby.data.rebuild import as_of
from ytterby.dynamics.scenarios import scenarios
from ytterby.dynamics.simulate import stress
from ytterby.reading.article import load_articles
from ytterby.reading.reader import read_article
from ytterby.web.app import Site, create_app
from ytterby.web.jobs import WAITING, Cancelled, Jobs, Tell

SCENARIO = """[scenario]
name = "gallium"
start = 2025-01-01
[[shock]]
kind = "ban"
actor = "CHN"
targets = ["*"]
products = ["gallium_refined"]
start = 2025-01-01
"""


def test_the_app_says_what_the_functions_say(server: Server, brief: str) -> None:
    (article,) = load_articles([GERMAN])
    assert article.published is not None
    events, world = read_article(article).events, as_of(load_world(), article.published)
    futures = scenarios(events, world, article.published)
    told = server.call(f"/briefs/{brief}")
    assert told["events"] == len(events)
    assert [one["name"] for one in told["scenarios"]] == [future.name for future in futures]
    stops = pl.concat([stress(world, future, weeks=104, draws=8).stops for future in futures])
    assert server.call(f"/briefs/{brief}/tables/stops.json") == json.loads(stops.write_json())


def test_what_was_sent_is_not_sent_again(server: Server, brief: str) -> None:
    for path in ("/", "/static/plotly.js", f"/api/v1/briefs/{brief}/sections/stress"):
        asked = urllib.request.Request(server.address + path, headers={"accept-encoding": "gzip"})
        with urllib.request.urlopen(asked, timeout=PATIENCE) as first:
            assert first.headers["content-encoding"] == "gzip"
            asked.add_header("if-none-match", first.headers["etag"])
        assert status(asked) == 304


def test_a_harder_control_takes_more_and_the_same_question_the_same(server: Server, brief: str) -> None:
    def lost(**changes: Any) -> list[str]:
        told = server.call(f"/briefs/{brief}/what-if", {"scenario": "status quo", "actor": "JPN", **changes})
        return [json.dumps(told["figures"]["what-if"][""]["data"][1::2]), json.dumps(told["figures"]["what-if"][""]["data"][0::2])]

    same, harder = lost(), lost(severity=2.0, delay_days=200)
    assert lost(severity=2.0, delay_days=200) == harder
    before, after = (sum(sum(trace["y"]) for trace in json.loads(lines)) for lines in (harder[1], harder[0]))
    assert after > before
    assert [trace["y"] for trace in json.loads(same[0])] == [trace["y"] for trace in json.loads(same[1])]


def test_a_permalink_survives_the_server(server: Server, brief: str) -> None:
    from ytterby.web.desk import Desk

    again = Desk(folder=server.data)
    assert again.get(brief) is None
    inputs = again.inputs(brief)
    assert inputs is not None
    assert inputs.id(again.fingerprint) == brief
    assert brief in dict(again.known())


def test_jobs_report_wait_and_are_called_off() -> None:
    jobs, go, steps = Jobs(), threading.Event(), []

    def work(tell: Tell) -> str:
        go.wait(PATIENCE)
        for step in range(3):
            tell("step", step, 3)
            steps.append(step)
        return "made"

    first, second = jobs.start("a", work), jobs.start("b", work)
    jobs.cancel(second)
    go.set()
    jobs.close()
    assert (first.state in ("done", "cancelled"), second.state) == (True, "cancelled")
    assert len(steps) <= 3


def test_a_job_that_is_called_off_ends_at_its_next_step() -> None:
    jobs, begun, seen = Jobs(), threading.Event(), []

    def work(tell: Tell) -> None:
        begun.set()
        while True:
            try:
                tell("step", 0, 0)
            except Cancelled:
                seen.append("told")
                raise

    job = jobs.start("endless", work)
    assert begun.wait(PATIENCE)
    jobs.cancel(job)
    jobs.close()
    assert (job.state, seen) == ("cancelled", ["told"])


def test_a_brief_that_is_called_off_stops_in_the_middle_of_its_work(server: Server) -> None:
    job = server.call("/briefs", {"articles": [{"text": GERMAN.read_text(encoding="utf-8")}], "draws": 500})
    job = server.watched(job, lambda now: now["state"] != "waiting" and now["step"])
    server.call(f"/jobs/{job['id']}", method="DELETE")
    assert server.done(job)["state"] == "cancelled"
    assert status(server.asked(job["result"].removeprefix("/api/v1"))) == 409


def test_too_many_jobs_are_turned_away() -> None:
    asked = {"scenario": SCENARIO, "draws": 1, "weeks": 4}
    with TestClient(idle_app(), base_url="http://127.0.0.1") as client:
        codes = [client.post("/api/v1/stress", json=asked).status_code for _ in range(WAITING + 1)]
    assert codes == [202] * WAITING + [429]


def test_stress_and_plan_take_scenario_files(server: Server) -> None:
    job = server.done(server.call("/stress", {"scenario": SCENARIO, "draws": 2, "weeks": 8}))
    (found,) = server.call(job["result"].removeprefix("/api/v1"))
    assert {row["product"] for row in found["stops"]} == {"gallium_refined"}
    assert status(server.asked("/stress", {"scenario": SCENARIO.replace("gallium_refined", "galium")})) == 422


def idle_app() -> FastAPI:
    """An app that queues jobs and never runs them: what is tested here is the door, not the models behind it."""
    app = create_app(Site(patience=PATIENCE))
    app.state.jobs._pool = SimpleNamespace(submit=lambda *_: None, shutdown=lambda **_: None)
    return app


LOCAL = {"host": "127.0.0.1"}
CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", idle_app(), headers=LOCAL)


@schema.parametrize()
@settings(max_examples=6, suppress_health_check=list(HealthCheck), database=None)
def test_every_path_keeps_to_its_description(case: schemathesis.Case[Any]) -> None:
    case.validate_response(case.call(headers=LOCAL, timeout=600), checks=list(CHECKS))
