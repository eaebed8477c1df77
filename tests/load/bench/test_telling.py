"""What is told: the missing, the void and the busy machine in one line each, and files."""

import json
from xml.etree import ElementTree

from load.bench.chart import chart
from load.bench.figures import Cell
from load.bench.latency import Added
from load.bench.peers import PEERS
from load.bench.telling import Result

CELLS = {
    ("JWT", "gateproof"): Cell(us=[20.0], redis_us=[1.0], rate=[9.0]),
    ("JWT", "envoy"): Cell(us=[40.0], redis_us=[0.0], rate=[8.0], voids=["broke"]),
}


def result(**changed):
    given = {
        "rows": ["JWT"],
        "peers": list(PEERS[:2]),
        "cells": CELLS,
        "added": [Added("envoy", 0.1, 0.2, 3, ())],
        "missing": ["nginx is not on PATH: install nginx"],
        "busy": 0.9,
        "recorded": {"JWT": {"envoy": 4.0}},
    }
    return Result(**{**given, **changed})


def test_nothing_is_left_out_silently():
    lines = result().lines()
    assert "void: JWT, envoy: 1 runs, broke" in lines
    assert "missing: nginx is not on PATH: install nginx" in lines
    assert any(line.startswith("busy: others used 90%") for line in lines)
    assert "finding: JWT: 2.00 of envoy, was 4.00: 100% dearer" in lines
    assert lines[-1] == "1 rows compared, 1 peers missing, 1 findings"
    assert not any(line.startswith("busy") for line in result(busy=0.1).lines())


def test_files(tmp_path):
    result().write(tmp_path / "bench")
    found = json.loads((tmp_path / "bench/bench.json").read_text())
    assert found["ratios"] == {"JWT": {"envoy": 2.0}}
    assert found["us"] == {"JWT | gateproof": [20.0], "JWT | envoy": [40.0]}
    assert found["missing"] == ["nginx is not on PATH: install nginx"]
    ElementTree.parse(tmp_path / "bench/bench.svg")


def test_the_chart_escapes_what_it_shows_and_bounds_its_bars():
    drawn = ElementTree.fromstring(chart({"a < b": {"envoy": 99.0, "somebody": 0.5}}))
    widths = [float(it.get("width")) for it in drawn if it.tag.endswith("rect")]
    assert widths == [480, 80]
    assert any(it.text == "a < b" for it in drawn)
