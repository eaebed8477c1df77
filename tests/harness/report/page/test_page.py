"""The page as a file: whole, safe, and readable without JavaScript."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.report import anchors, page, reading
from harness.report.page import bugs, packing
from harness.report.run import Run


class Parts(HTMLParser):
    """Every element with its attributes, and every id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    @property
    def ids(self) -> list[str]:
        return [found["id"] or "" for _, found in self.elements if "id" in found]

    @property
    def links(self) -> list[str]:
        return [found.get("href") or "" for tag, found in self.elements if tag == "a"]


def test_nothing_is_fetched_and_nothing_else_may_run(sample: Run) -> None:
    drawn = page.page(sample)

    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', drawn)
    assert policy is not None
    assert policy[1].startswith("default-src 'none';")
    assert "unsafe" not in policy[1]
    for tag, found in Parts(drawn).elements:
        assert "style" not in found, tag
        assert not [name for name in found if name.startswith("on")], tag
        assert not {"src", "srcset", "action", "formaction", "data"} & set(found), tag
        if tag != "link":
            assert (found.get("href") or "#").startswith("#"), tag


def test_every_link_leads_somewhere_and_every_id_is_there_once(
    sample: Run, planted_bugs: Path
) -> None:
    parts = Parts(page.page(sample, bugs.read(planted_bugs)))

    assert len(parts.ids) == len(set(parts.ids))
    assert {link.removeprefix("#") for link in parts.links} <= set(parts.ids)
    for scenario in sample.scenarios:
        assert anchors.example(scenario.id) in parts.ids
        assert anchors.rule(scenario.file, scenario.rule) in parts.ids
        for number in range(1, len(scenario.steps) + 1):
            assert anchors.step(scenario.id, number) in parts.ids


def test_what_failed_is_there_without_javascript_and_the_rest_is_packed(sample: Run) -> None:
    drawn = page.page(sample)

    block = re.search(r'id="packed">([^<]*)<', drawn)
    assert block is not None
    pieces = packing.unpacked(block[1])
    for scenario in sample.scenarios:
        anchor = anchors.example(scenario.id)
        if scenario.failed:
            assert anchor not in pieces
            assert scenario.calls[0].marker in drawn
        elif scenario.calls:
            assert scenario.calls[0].marker in pieces[anchor]
            assert scenario.calls[0].marker not in drawn


def test_all_seven_verdicts_are_said_in_words_and_drawn_in_shapes_of_their_own(sample: Run) -> None:
    drawn = page.page(sample)

    assert {one.verdict for one in sample.scenarios} == set(reading.VERDICTS)
    shapes = set()
    for verdict in reading.VERDICTS:
        name = verdict.replace(" ", "-")
        shape = re.search(rf'<symbol id="v-{name}"[^>]*>(.*?)</symbol>', drawn)
        assert shape is not None, verdict
        shapes.add(shape[1])
        assert f'<use href="#v-{name}"/></svg>{verdict}</span>' in drawn
    assert len(shapes) == len(reading.VERDICTS)


def test_markup_in_every_text_stays_text(hostile: Run, tmp_path: Path) -> None:
    page.write(hostile, tmp_path / "index.html")

    drawn = (tmp_path / "index.html").read_bytes().decode("utf-8")
    block = re.search(r'id="packed">([^<]*)<', drawn)
    assert block is not None
    pieces = packing.unpacked(block[1])
    assert len(pieces) > 5
    assert len([tag for tag, _ in Parts(drawn).elements if tag == "script"]) == 3
    for text in (drawn, *pieces.values()):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufeff]", text)
        tags = {tag for tag, _ in Parts(text).elements}
        assert not tags & {"img", "iframe", "object", "embed", "base"}
        assert "<script>window.pwned" not in text
        assert "&lt;script&gt;window.pwned=1&lt;/script&gt;" in text


def test_a_run_that_died_says_so_first(sample: Run) -> None:
    died = replace(sample, death="eu-1 (shared) died", finished=False, problems=("cut off",))

    drawn = page.page(died)

    notices = drawn.index("Read this first")
    assert notices < drawn.index('id="headline"')
    assert "The environment died: eu-1 (shared) died" in drawn
    assert "<li>cut off</li>" in drawn


@pytest.mark.parametrize("kept", [0, 1, 2, 3, 10, 40])
def test_a_journal_that_ends_anywhere_is_still_a_page(
    kept: int, sample_records: list[dict[str, object]], read_run: object
) -> None:
    run = read_run(sample_records[:kept])  # type: ignore[operator]

    assert "</html>" in page.page(run)


def test_half_a_line_and_an_older_file_are_said_at_the_top(tmp_path: Path) -> None:
    journal = tmp_path / "run.ndjson"
    journal.write_text('{"kind":"opened","at":1,"rig":"shared"}\n{"kind":"call","sc')

    drawn = page.page(reading.read(journal))

    assert "written by an older version" in drawn
    assert "ends in the middle of a line" in drawn


def test_planted_bugs_are_shown_where_there_is_a_table(
    sample: Run, planted_bugs: Path, tmp_path: Path
) -> None:
    with_bugs, without = tmp_path / "with.html", tmp_path / "without.html"
    page.write(sample, with_bugs, mutants=planted_bugs)
    page.write(sample, without, mutants=tmp_path / "nothing.json")

    assert "1 of 2 caught" in with_bugs.read_text()
    assert 'id="bugs"' not in without.read_text()


def test_the_same_run_makes_the_same_page(sample: Run) -> None:
    assert page.page(sample) == page.page(sample)


def test_what_is_flaky_by_the_history_is_marked(sample: Run) -> None:
    scenario = next(one for one in sample.scenarios if one.verdict == "proved")

    drawn = page.page(sample, flaky={scenario.id: "failed in 2 of 9 runs, on and off"})

    assert drawn.count("flaky: failed in 2 of 9 runs, on and off") == 1


def test_a_specification_that_was_not_run_says_what_is_promised(sample: Run) -> None:
    unrun = Run(features=sample.features)

    drawn = page.page(unrun)

    assert "10 promises</h1>" in drawn
    assert "The specification</p>" in drawn
    assert "No run yet" in drawn
