"""What could be exercised is read from the sources, and is what the gateway itself says it is."""

from pathlib import Path

from gateway.policies.order import KINDS
from gateway.refusals import BY_CODE
from harness.report.page import reach
from harness.settings import ROOT


def test_every_refusal_and_every_plugin_of_the_gateway_is_found() -> None:
    found = reach.of_sources(ROOT)

    assert {one.code: (one.status, one.message) for one in found.refusals} == {
        code: (one.status, one.message) for code, one in BY_CODE.items()
    }
    assert set(found.plugins) == set(KINDS)


def test_fields_are_found_by_the_kind_they_belong_to() -> None:
    found = reach.of_sources(ROOT).fields

    assert {"url", "retries", "connect_timeout"} <= set(found["service"])
    assert {"paths", "hosts", "strip_path"} <= set(found["route"])
    assert {"limit_by", "policy", "fault_tolerant"} <= set(found["rate-limiting"])
    assert {"key", "secret", "rsa_public_key"} <= set(found["jwt_secret"])


def test_a_gateway_that_is_not_here_has_no_list(tmp_path: Path) -> None:
    assert reach.of_sources(tmp_path) == reach.Reach()


def test_sources_that_cannot_be_read_are_not_known(tmp_path: Path) -> None:
    (tmp_path / "gateway" / "policies").mkdir(parents=True)
    (tmp_path / "gateway" / "refusals.py").write_text("def (")
    (tmp_path / "gateway" / "policies" / "x.py").write_bytes(b"\xff\x00")

    assert reach.of_sources(tmp_path) == reach.Reach()
