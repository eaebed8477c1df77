"""The lock that everybody installs from."""

import re
from pathlib import Path

from harness.setup import relock

LOCK = (Path(__file__).resolve().parents[3] / "requirements.lock").read_text()


def test_uv_asks_the_index_that_pip_is_set_to() -> None:
    told = relock.as_uv_reads({"PIP_INDEX_URL": "http://mirror", "PIP_CERT": "/ca", "HOME": "/h"})

    assert told["UV_DEFAULT_INDEX"] == "http://mirror"
    assert told["SSL_CERT_FILE"] == "/ca"
    assert told["HOME"] == "/h"


def test_what_uv_is_told_itself_wins() -> None:
    told = relock.as_uv_reads({"PIP_INDEX_URL": "http://a", "UV_DEFAULT_INDEX": "http://b"})

    assert told["UV_DEFAULT_INDEX"] == "http://b"


def test_every_package_of_the_lock_has_a_version_and_a_hash() -> None:
    entries = re.split(r"\n(?=[a-z0-9])", LOCK[LOCK.index("\nanyio") + 1 :])

    assert len(entries) > 40
    assert all(re.match(r"[a-z0-9\-]+==\S+ .*\\\n    --hash=sha256:", entry) for entry in entries)


def test_the_lock_says_how_it_is_made_and_names_no_index() -> None:
    assert "make lock" in LOCK.splitlines()[1]
    assert "index-url" not in LOCK
