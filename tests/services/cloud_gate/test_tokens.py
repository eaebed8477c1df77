"""services.cloud_gate.tokens"""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.cloud_gate.tokens import (
    CloudToken,
    Doorkeeper,
    Refused,
    bearer,
    environment,
    permitted,
)

NOW_S = 1000.0
GATE = Doorkeeper("https://cloud.test", "eu", {"revoked-1"})
CLAIMS: dict[str, Any] = {
    "iss": "https://cloud.test",
    "aud": "CloudGate",
    "org": "acme",
    "envs": ["prod"],
    "cpg": "eu",
    "idx": "acme-events",
    "scopes": ["sync"],
    "exp": 1001,
    "jti": "token-1",
}
# One fault for each check, in the order of the checks.
FAULTS: tuple[tuple[dict[str, Any], int, str], ...] = (
    ({"aud": "Elsewhere"}, 401, "wrong-audience"),
    ({"iss": "https://elsewhere.test"}, 401, "wrong-issuer"),
    ({"exp": 1000}, 401, "expired-token"),
    ({"cpg": "us"}, 403, "wrong-region"),
    ({"jti": "revoked-1"}, 403, "revoked-token"),
    ({"envs": []}, 403, "wrong-environment"),
)


def test_a_good_token_is_admitted() -> None:
    token = GATE.admit(CLAIMS, NOW_S)
    assert token == CloudToken("acme", ("prod",), "acme-events", frozenset({"sync"}), "token-1")


def test_claims_nobody_knows_are_ignored_and_aud_may_be_a_list() -> None:
    assert isinstance(
        GATE.admit({**CLAIMS, "aud": ["x", "CloudGate"], "ttk": 1}, NOW_S), CloudToken
    )


@pytest.mark.parametrize(("fault", "status", "code"), FAULTS, ids=str)
def test_a_fault_has_its_status_and_code(fault: dict[str, Any], status: int, code: str) -> None:
    refused = GATE.admit({**CLAIMS, **fault}, NOW_S)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (status, code)


@pytest.mark.parametrize("number", range(len(FAULTS)))
def test_the_first_of_several_faults_is_told(number: int) -> None:
    faults: dict[str, Any] = {}
    for fault, _status, _code in FAULTS[number:]:
        faults |= fault
    refused = GATE.admit({**CLAIMS, **faults}, NOW_S)
    assert isinstance(refused, Refused)
    assert refused.code == FAULTS[number][2]


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": None},
        {"exp": "tomorrow"},
        {"exp": True},
        {"nbf": "now"},
        {"jti": []},
        {"jti": None},
        {"org": ""},
        {"org": 7},
        {"cpg": None},
        {"idx": None},
        {"envs": "prod"},
        {"envs": [7]},
        {"scopes": None},
        {"scopes": "sync"},
    ],
    ids=str,
)
def test_claims_of_another_shape_are_401(claims: dict[str, Any]) -> None:
    refused = GATE.admit({**CLAIMS, **claims}, NOW_S)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (401, "malformed-token")


@pytest.mark.parametrize("name", ["iss", "aud", "exp", "org", "envs", "cpg", "idx", "scopes"])
def test_every_claim_is_needed(name: str) -> None:
    refused = GATE.admit({key: CLAIMS[key] for key in CLAIMS if key != name}, NOW_S)
    assert isinstance(refused, Refused)
    assert refused.status == 401


def test_a_time_that_is_no_number_has_passed() -> None:
    refused = GATE.admit({**CLAIMS, "exp": float("nan")}, NOW_S)
    assert isinstance(refused, Refused)
    assert refused.code == "expired-token"


def test_a_token_may_be_too_early() -> None:
    refused = GATE.admit({**CLAIMS, "nbf": 1000.5}, NOW_S)
    assert isinstance(refused, Refused)
    assert refused.code == "early-token"


def test_scopes_and_environments_are_asked_for_one_by_one() -> None:
    one = CloudToken("acme", ("prod",), "i", frozenset({"sync"}), None)
    two = CloudToken("acme", ("prod", "test"), "i", frozenset(), None)
    assert permitted(one, "sync") is None
    missing = permitted(one, "reports")
    assert missing is not None
    assert (missing.status, missing.code) == (403, "missing-scope")
    assert environment(one, None) == "prod"
    assert environment(two, "test") == "test"
    for token, asked, status in ((two, None, 400), (one, "other", 403)):
        refused = environment(token, asked)
        assert isinstance(refused, Refused)
        assert refused.status == status


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer  ", "Basic x"])
def test_without_a_token_there_is_401(header: str | None) -> None:
    refused = bearer(header)
    assert isinstance(refused, Refused)
    assert (refused.status, refused.code) == (401, "missing-token")


def test_a_token_is_found_in_its_header() -> None:
    assert bearer("bearer  a.b.c ") == "a.b.c"


JSON = st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.text() | st.integers())


@given(st.dictionaries(st.sampled_from([*CLAIMS, "nbf"]), JSON))
def test_any_claims_are_judged(claims: dict[str, Any]) -> None:
    assert isinstance(GATE.admit({**CLAIMS, **claims}, NOW_S), CloudToken | Refused)
