"""A command on a page that does not exist is found, wherever it stands in its line."""

import pytest

from docs.handbook import shell

GOOD = [
    "make e2e TAGS=needs-rig JOBS=2  # a comment",
    "HTTPS_PROXY=http://proxy:3128 make setup",
    '.venv/bin/gateproof e2e --tags "not slow" features/quotas && make down',
    'curl -H "Authorization: Bearer $(.venv/bin/gateproof token Ada)" http://localhost',
    "make e2e \\\n  JOBS=2",
    "python -m services users --listen 127.0.0.1:0",
    ".venv/bin/python -m gateway --check FILE",
]
BAD = [
    ("make story", "there is no target 'story' in the Makefile"),
    ("make e2e JOB=2", "the Makefile knows no JOB"),
    ("make e2e ENV=moon", "there is no ENV=moon"),
    ("gateproof e2e --tag x", "unrecognized arguments: --tag"),
    ("make setup && gateproof tell", "invalid choice: 'tell'"),
    ("curl $(gateproof token)", "the following arguments are required: NAME"),
    ("python -m gateway --confg FILE", "unrecognized arguments: --confg FILE"),
    ("python -m services nobody", "there is no service ['nobody']"),
    ("python -m services users --jwks x", "unrecognized arguments: --jwks x"),
    ("python -m story", "nobody knows the module 'story'"),
    ("rm -rf report", "nobody knows the program 'rm'"),
    (".ci/walk", "there is no .ci/walk"),
]


@pytest.mark.parametrize("text", GOOD)
def test_a_good_line_is_not_complained_about(text: str) -> None:
    assert shell.complaints(text) == []


@pytest.mark.parametrize(("text", "said"), BAD)
def test_a_bad_line_is(text: str, said: str) -> None:
    found = shell.complaints(text)

    assert len(found) == 1
    assert said in found[0]
