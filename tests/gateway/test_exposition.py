"""Prometheus's text format: what is written can be read by its grammar."""

import re

from hypothesis import given
from hypothesis import strategies as st

from gateway.exposition import Family, exposition, histogram, single

SAMPLE = re.compile(
    r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\[\\n"])*",?)*)\})? (\S+)'
)
LABEL = re.compile(r'(\w+)="((?:[^"\\\n]|\\[\\n"])*)"')


def parsed(text):
    """Families by name: (kind, {(sample name, labels): value}), by the rules of the format."""
    assert text.endswith("\n")
    families, current = {}, ""
    for line in text.split("\n")[:-1]:
        if line.startswith("# TYPE "):
            current, kind = line[7:].split(" ")
            assert current not in families
            families[current] = (kind, {})
        elif line.startswith("# HELP "):
            assert line[7:].split(" ", 1)[1]
        else:
            name, labels, value = SAMPLE.fullmatch(line).groups()
            assert name.startswith(current)
            assert current
            key = (name, tuple((n, unescaped(v)) for n, v in LABEL.findall(labels or "")))
            assert key not in families[current][1]
            families[current][1][key] = float(value)
    return families


def unescaped(value):
    return re.sub(r"\\(.)", lambda found: {"n": "\n"}.get(found[1], found[1]), value)


def test_a_counter_and_a_gauge():
    found = parsed(exposition([single("a_total", "counter", "Things.", 3), single("b", "gauge", "B.", 0.5)]))  # fmt: skip
    assert found == {
        "a_total": ("counter", {("a_total", ()): 3.0}),
        "b": ("gauge", {("b", ()): 0.5}),
    }


def test_a_histogram_is_cumulative():
    (kind, samples) = parsed(exposition([histogram("h", "H.", (0.1, 1.0), [2, 3, 4], 12.5)]))["h"]
    assert kind == "histogram"
    assert samples == {
        ("h_bucket", (("le", "0.1"),)): 2,
        ("h_bucket", (("le", "1"),)): 5,
        ("h_bucket", (("le", "+Inf"),)): 9,
        ("h_sum", ()): 12.5,
        ("h_count", ()): 9,
    }


@given(
    st.dictionaries(st.text(st.characters(exclude_categories=("Cs",))), st.integers(0), max_size=5)
)
def test_any_label_survives(values):
    samples = tuple(("", {"route": name}, value) for name, value in values.items())
    found = parsed(exposition([Family("r", "counter", "R.", samples)]))["r"][1]
    assert found == {("r", (("route", name),)): float(value) for name, value in values.items()}


def test_the_running_gateway_speaks_the_format(world):
    import asyncio

    async def scenario():
        async with world.upstream() as up, world.gateway(world.document(up.url)) as gw:
            await gw.get("/users")
            await gw.get("/nowhere")
            await world.until(lambda: gw.gateway._witness.ended == 2)
            return parsed((await gw.ask_admin("/metrics")).body.decode())

    found = asyncio.run(scenario())
    requests = found["gateway_requests_total"][1]
    assert requests[("gateway_requests_total", (("route", "users"), ("status", "2xx")))] == 1
    assert requests[("gateway_requests_total", (("route", ""), ("status", "4xx")))] == 1
    times = found["gateway_request_duration_seconds"][1]
    assert times[("gateway_request_duration_seconds_count", ())] == 2
    assert found["gateway_document_version"][1] == {("gateway_document_version", ()): 1}
    assert found["gateway_ready"][1] == {("gateway_ready", ()): 1}
    assert "gateway_control_plane_connected" not in found
