"""The tools for assistants, through a real client over standard input and output."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

TEXT = "Tokio, 28. Oktober 2025 - China hat die Ausfuhr von Gallium verboten."

SCENARIO = """[scenario]
name = "gallium"
start = 2025-01-01
[[shock]]
kind = "ban"
actor = "CHN"
start = 2025-01-01
products = ["gallium_refined"]
"""


def talk(calls: list[tuple[str, dict[str, Any]]], *words: str) -> tuple[dict[str, Any], list[Any]]:
    """Start a server, ask for its tools and call some; returns the tools by name and the results."""

    async def run() -> tuple[dict[str, Any], list[Any]]:
        server = StdioServerParameters(command=sys.executable, args=["-m", "ytterby", "mcp", *words])
        async with Client(server) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
            return tools, [await client.call_tool(name, given) for name, given in calls]

    return asyncio.run(run())


def value(result: Any) -> Any:
    """What a tool answered, parsed."""
    assert not result.is_error, result.content
    return json.loads(result.content[0].text)


def test_tools_read_stress_and_measure_and_say_what_is_wrong() -> None:
    tools, answers = talk(
        [
            ("read", {"text": TEXT}),
            ("measure", {"indicator": "hhi", "product": "gallium_refined"}),
            ("stress", {"scenario": SCENARIO, "weeks": 20, "draws": 2}),
            ("world_table", {"name": "products", "contains": "gallium"}),
            ("measure", {"indicator": "hhl"}),
            ("stress", {"scenario": SCENARIO, "weeks": 0}),
        ]
    )
    assert set(tools) == {"read", "brief", "stress", "plan", "measure", "list_indicators", "world_table"}
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    read, hhi, stops, products, unknown, bad = answers
    (event,) = value(read)["events"]
    assert TEXT[event["start"] : event["end"]] == event["evidence"]
    assert 0 < value(hhi)["rows"][0]["value"] <= 1
    assert {row["product"] for row in value(stops)["rows"]} == {"gallium_refined"}
    assert any(row["product"] == "gallium_refined" for row in value(products)["rows"])
    assert unknown.is_error
    assert "did you mean hhi?" in unknown.content[0].text
    assert bad.is_error


def test_only_who_gave_a_folder_lets_a_brief_be_written(tmp_path: Path) -> None:
    calls = [("save_brief", {"name": name, "text": TEXT}) for name in ("../evil", "gallium")]
    tools, (evil, saved) = talk(calls, "--out", str(tmp_path / "briefs"))
    assert not tools["save_brief"].annotations.read_only_hint
    assert evil.is_error
    assert not saved.is_error, saved.content
    assert [path.name for path in tmp_path.iterdir()] == ["briefs"]
    assert (tmp_path / "briefs" / "gallium" / "report.html").is_file()
