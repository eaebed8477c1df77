"""`gateproof report`, as people and scripts call it."""

import json
from pathlib import Path

import pytest

from harness.cli import main

ID = "features/quotas/q.feature::One"


def _journal(folder: Path, verdict: str = "proved") -> Path:
    folder.mkdir(parents=True)
    exit_code = 0 if verdict == "proved" else 1
    records = [
        {"kind": "run", "format": 1, "run": folder.name, "began": 1.0},
        {"kind": "specification", "features": []},
        {"kind": "verdict", "scenario": "s1-k3f9", "id": ID, "verdict": verdict, "took_s": 0.1},
        {"kind": "finished", "at": 2.0, "exit": exit_code},
    ]
    path = folder / "run.ndjson"
    path.write_text("".join(json.dumps(record, separators=(",", ":")) + "\n" for record in records))
    return path


def test_everything_is_drawn_again_beside_the_journal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = _journal(tmp_path / "old")

    assert main(["report", "--from", str(journal)]) == 0

    assert {path.name for path in journal.parent.iterdir()} == {
        "run.ndjson", "verdict.json", "junit.xml", "summary.md", "index.html",
    }  # fmt: skip
    out, err = capsys.readouterr()
    assert out == f"1 proved; results in {journal.parent / 'index.html'}\n"
    assert err == ""


def test_results_can_go_elsewhere_and_what_is_missing_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = _journal(tmp_path / "old")
    journal.write_bytes(journal.read_bytes()[:-5])

    assert main(["report", "--from", str(journal.parent), "--to", str(tmp_path / "to")]) == 0

    assert (tmp_path / "to" / "index.html").is_file()
    assert "gateproof: the file ends in the middle of a line (line 4)" in capsys.readouterr().err


def test_a_history_is_kept_when_it_is_asked_for(tmp_path: Path) -> None:
    history = tmp_path / "runs.json"
    for name in ("a", "b"):
        journal = _journal(tmp_path / name)
        assert main(["report", "--from", str(journal), "--history", str(history)]) == 0

    assert [one["run"] for one in json.loads(history.read_text())["runs"]] == ["a", "b"]


def test_a_file_that_cannot_be_written_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    journal = _journal(tmp_path / "old")
    (journal.parent / "index.html").mkdir()

    assert main(["report", "--from", str(journal)]) == 1

    assert "index.html could not be written: IsADirectoryError" in capsys.readouterr().err
    assert (journal.parent / "verdict.json").is_file()


def test_what_differs_is_told_and_newly_broken_is_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = _journal(tmp_path / "a"), _journal(tmp_path / "b", "broken")

    assert main(["report", "--diff", str(good), str(bad.parent)]) == 1
    assert f"✗ newly broken (1)\n    {ID}\n" in capsys.readouterr().out
    assert main(["report", "--diff", str(bad), str(good)]) == 0
    assert "✓ fixed (1)" in capsys.readouterr().out


def test_what_differs_can_be_a_page_and_json(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = str(_journal(tmp_path / "a")), str(_journal(tmp_path / "b", "broken"))
    page = tmp_path / "deep" / "diff.html"

    assert main(["report", "--diff", good, bad, "--json", "--html", str(page)]) == 1

    assert json.loads(capsys.readouterr().out)["newly_broken"][0]["id"] == ID
    assert page.read_text().startswith("<!doctype html>")


def test_the_features_can_be_drawn_without_a_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--docs-only", "--to", str(tmp_path)]) == 0

    assert " examples, 0 with a last known verdict: " in capsys.readouterr().out
    assert "A call without a token" in (tmp_path / "index.html").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--from", "nowhere"], "nowhere cannot be read"),
        (["--diff", "nowhere", "nowhere"], "nowhere cannot be read"),
        (["--html", "x"], "they need --diff A B"),
        (["--diff", "a", "b", "--docs-only"], "--diff takes two runs and nothing else"),
        (["--docs-only", "--features", "nowhere"], "there is no .feature file in nowhere"),
    ],
)
def test_bad_input_is_one_line_and_2(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", *words]) == 2

    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_broken_history_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "runs.json").write_text("odd")

    words = ["--docs-only", "--history", str(tmp_path / "runs.json"), "--to", str(tmp_path)]
    assert main(["report", *words]) == 2
    assert "is no history of runs" in capsys.readouterr().err


def test_shards_are_merged_into_one_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = _journal(tmp_path / "one"), _journal(tmp_path / "two")
    two.write_text(two.read_text().replace("::One", "::Two"))

    assert main(["report", "--merge", str(one.parent), str(two), "--to", str(tmp_path / "to")]) == 0

    assert json.loads((tmp_path / "to" / "verdict.json").read_text())["counts"]["proved"] == 2
    assert main(["report", "--from", str(tmp_path / "to")]) == 0, "it is a run like any other"
    assert capsys.readouterr().out.startswith("2 proved; results in ")


@pytest.mark.parametrize(
    ("more", "said"),
    [([], "--to DIR"), (["--to", "out", "--diff", "a", "b"], "two runs and nothing else")],
)
def test_a_merge_wants_a_folder_and_nothing_else(
    more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", "--merge", "a", *more]) == 2
    assert said in capsys.readouterr().err
