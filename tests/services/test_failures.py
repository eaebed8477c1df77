"""services.failures"""

import pytest

from services.failures import Failure, notice


def test_a_failure_is_one_line_whatever_went_into_it() -> None:
    assert Failure("a\nb\r\n  c").line == "a b c"


def test_a_notice_is_one_line_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    notice("users", "two\nlines")
    assert capsys.readouterr().err == "users: two lines\n"
