"""`make fuzz` itself, a little of each family against real processes."""

import pytest

from tests.fuzz import fuzz_documents, fuzz_tokens, running
from tests.fuzz.documents import SOUND


@pytest.mark.parametrize("family", running.FAMILIES)
def test_a_little_of_each_family_finds_nothing(
    family: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert running.main(["--family", family, "--share", "0.01"]) == 0
    assert "0 findings" in capsys.readouterr().out


def test_one_case_is_replayed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert running.main(["--family", "requests", "--case", "17", "--seed", "3"]) == 0
    assert "requests          1 in" in capsys.readouterr().out


def test_a_case_without_a_family_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert running.main(["--case", "17"]) == 2
    assert "FAMILY=" in capsys.readouterr().err


class _Crashing(dict[str, object]):
    """A document that a reader trips over."""

    def get(self, *_: object) -> object:
        raise ZeroDivisionError("as a document would")


def test_the_sound_document_is_sound_and_a_crash_is_told() -> None:
    assert fuzz_documents.judged(SOUND) == ""
    assert fuzz_documents.judged(_Crashing()) == "ZeroDivisionError: as a document would"


def test_a_good_token_is_good_and_a_spoilt_one_mostly_is_not() -> None:
    drawn = [fuzz_tokens.token_of(number, 1) for number in range(400)]

    assert all(fuzz_tokens.good(token, 0.0) for token in drawn[::8])
    assert sum(fuzz_tokens.good(token, 0.0) for token in drawn) < 200
