"""What pip says, and what a person can do about it."""

import pytest

from harness.setup.remedies import REMEDIES, complaint, remedy

UNREACHABLE = """\
WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by \
'NewConnectionError: Failed to establish a new connection: [Errno 111] Connection refused': /simple/six/
ERROR: Could not find a version that satisfies the requirement six (from versions: none)
ERROR: No matching distribution found for six
"""


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (UNREACHABLE, "HTTPS_PROXY"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "disk is full"),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))", "PIP_CERT"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "make lock"),
        ("ERROR: HTTP error 403 while getting https://…", "wants credentials"),
        ("ERROR: No matching distribution found for ruff==0.17.6", "does not offer it"),
        ("error: metadata-generation-failed", "no wheel"),
        ("ERROR: [Errno 13] Permission denied: '.venv/lib'", "make clean ALL=1"),
        ("ERROR: something new", "run the same command again"),
    ],
)
def test_a_failure_names_what_to_do(said: str, expected: str) -> None:
    assert expected in remedy(said)


def test_every_remedy_is_one_line() -> None:
    assert all("\n" not in text for _, text in REMEDIES)


def test_the_complaint_is_the_first_error_line() -> None:
    expected = "Could not find a version that satisfies the requirement six (from versions: none)"
    assert complaint(UNREACHABLE) == expected


@pytest.mark.parametrize(("said", "expected"), [("", "no output"), ("a\n\nlast\n", "last")])
def test_without_an_error_line_the_last_one_is_taken(said: str, expected: str) -> None:
    assert complaint(said) == expected


def test_a_long_complaint_is_cut() -> None:
    assert len(complaint("ERROR: " + "x" * 1000)) == 200
