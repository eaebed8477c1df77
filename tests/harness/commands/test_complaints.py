"""Bad input gets one line."""

import pytest

from harness.commands.complaints import BadInput, complain, require_known


def test_a_complaint_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    complain("nothing is up; start it with `make up`")

    assert capsys.readouterr() == ("", "gateproof: nothing is up; start it with `make up`\n")


def test_what_is_known_is_let_through() -> None:
    require_known("gateway", "reference", {"reference": 1}, ("kong",))


def test_what_is_not_known_names_the_choice() -> None:
    with pytest.raises(BadInput, match=r"^there is no gateway 'x'; there is a or b$"):
        require_known("gateway", "x", ["a", "b"], ())
