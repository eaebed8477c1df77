"""Figures: ratios round by round, medians with their spread, what is below target or dearer."""

import pytest

from load.bench.figures import Cell, findings, ratios, table


def cells(**figures):
    return {("routing", peer): Cell(us=list(us)) for peer, us in figures.items()}


def test_a_ratio_says_how_much_less_cpu_we_need():
    assert ratios(cells(gateproof=[20.0], envoy=[50.0]))["routing"] == {"envoy": 2.5}


def test_what_disturbs_a_round_disturbs_both():
    found = cells(gateproof=[20, 200, 20], envoy=[40, 400, 40])
    assert ratios(found)["routing"]["envoy"] == 2.0


@pytest.mark.parametrize("found", [cells(envoy=[1.0]), cells(gateproof=[1.0]), cells(gateproof=[], envoy=[1.0])])  # fmt: skip
def test_where_one_is_missing_there_is_no_ratio(found):
    assert ratios(found) == {}


def test_the_spread_is_a_share_of_the_median():
    assert Cell(us=[9.0, 10.0, 11.0]).spread == pytest.approx(0.2)
    assert (Cell().median_us, Cell().spread) == (None, 0.0)


@pytest.mark.parametrize(
    ("now", "recorded", "expected"),
    [
        ({"routing": {"nginx": 0.4}}, {}, []),
        ({"routing": {"nginx": 0.39}}, {}, ["routing: 0.39 of nginx, the target is 0.4"]),
        ({"JWT": {"envoy": 0.85}}, {"JWT": {"envoy": 1.0}}, []),
        ({"JWT": {"envoy": 0.84}}, {"JWT": {"envoy": 1.0}}, ["JWT: 0.84 of envoy, was 1.00: 19% dearer"]),
        ({"JWT": {"envoy": 0.5}}, {"JWT": {"nginx": 1.0}}, []),
    ],
)  # fmt: skip
def test_findings(now, recorded, expected):
    assert findings(now, recorded) == expected


def test_the_table_has_ratios_first_and_says_what_is_void():
    found = cells(gateproof=[20.0, 22.0], envoy=[42.0, 42.0])
    found["JWT", "gateproof"] = Cell(voids=["saturated"])
    head, routing, jwt = table(found, ["routing", "JWT"], ["gateproof", "envoy"])
    assert head.split() == ["of", "envoy", "gateproof", "us", "envoy", "us", "redis", "us"]
    assert routing.split() == ["routing", "2.00", "21.0", "±5%", "42.0", "±0%", "-"]
    assert jwt.split() == ["JWT", "-", "void", "-", "-"]
