"""The page as people use it: in the Chromium of the system, from disk, with everybody's needs."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if not os.environ.get("CI"):  # noqa: TID251 - a test that is left out there proves nothing
    pytest.importorskip("playwright", reason="`make browser` installs what drives a Chromium")
    pytest.importorskip("axe_playwright_python", reason="`make browser` installs axe-core")

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from harness.report import anchors, page
from harness.report.run import Run, Scenario

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
VIEWS = ("specification", "coverage", "bugs", "run")
WIDE, NARROW = 1400, 400

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's browser: none is ever downloaded."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        missing = "there is no Chromium here: apt-get install chromium"
        if os.environ.get("CI"):  # noqa: TID251 - a test that is left out there proves nothing
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as tools:
        browser = tools.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def drawn(
    sample_records: list[dict[str, object]],
    read_run: Callable[..., Run],
    hostile: Run,
    planted_bugs: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, Path]:
    """The page of a run with a bit of everything, of a green one, and of a hostile one."""
    folder = tmp_path_factory.mktemp("pages")
    sample = read_run(sample_records)
    page.write(sample, folder / "sample.html", mutants=planted_bugs)
    page.write(hostile, folder / "hostile.html", mutants=planted_bugs)
    whole = (folder / "sample.html").read_text()
    place = whole.index('id="packed">') + 400
    (folder / "damaged.html").write_text(whole[:place] + whole[place + 300 :])
    return {path.stem: path for path in folder.iterdir()}


@pytest.fixture
def complaints() -> list[str]:
    """Whatever the browser complained about, and whatever it wanted to fetch."""
    return []


@pytest.fixture
def context_of(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    made: list[BrowserContext] = []

    def make(width: int = WIDE, **settings: object) -> BrowserContext:
        made.append(
            chromium.new_context(
                viewport={"width": width, "height": 900},
                reduced_motion="reduce",
                **settings,  # type: ignore[arg-type]
            )
        )
        return made[-1]

    yield make
    for context in made:
        context.close()


@pytest.fixture
def open_page(
    drawn: dict[str, Path], context_of: Callable[..., BrowserContext], complaints: list[str]
) -> Iterator[Open]:
    """Open a page; at the end nothing may have been complained about or fetched."""

    def opened(name: str = "sample", fragment: str = "", **settings: object) -> Page:
        tab = context_of(**settings).new_page()
        tab.set_default_timeout(10_000)
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on(
            "request",
            lambda request: (
                None
                if request.url.startswith(("file:", "data:", "blob:"))
                else complaints.append(request.url)
            ),
        )
        tab.goto(drawn[name].as_uri() + fragment)
        return tab

    yield opened
    assert complaints == []


def _shown(tab: Page) -> int:
    return tab.locator(".example:not([hidden])").count()


def _scenario(run: Run, verdict: str) -> Scenario:
    return next(one for one in run.scenarios if one.verdict == verdict and one.calls)


def _found(tab: Page, words: str) -> None:
    """Wait until the page has counted what it shows."""
    tab.locator("#found", has_text=words).wait_for()


# --- reading ----------------------------------------------------------------------------------------


def test_everything_can_be_opened_without_a_complaint(open_page: Open, sample: Run) -> None:
    tab = open_page()

    tab.get_by_role("button", name="Show steps").click()

    tab.locator("[data-evidence]").first.wait_for(state="detached")
    assert tab.locator(".example[open]").count() == 24
    proved = _scenario(sample, "proved")
    inside = tab.locator(f"#{anchors.example(proved.id)} .evidence")
    assert proved.calls[0].marker in (inside.text_content() or "")
    assert inside.locator("svg.diagram title").count() == 1


def test_no_markup_from_the_wire_ever_runs(open_page: Open) -> None:
    tab = open_page("hostile")

    tab.get_by_role("button", name="Show steps").click()
    tab.locator(".deferred .evidence").first.wait_for()

    assert tab.evaluate("window.pwned") is None
    assert tab.locator("main img").count() == 0


def test_a_call_shows_its_request_answer_arrival_event_log_and_curl(
    open_page: Open, sample: Run
) -> None:
    proved = _scenario(sample, "proved")
    tab = open_page(fragment=f"#{anchors.example(proved.id)}")

    call = tab.locator(f"#{anchors.example(proved.id)} .call").first
    call.locator("summary").click()

    labels = call.locator(".label").all_text_contents()
    assert labels == [
        "Request", "Response", "Arrived at Echo, which answered 200",
        "The analytics event it became", "Log lines that carry its marker", "By hand",
    ]  # fmt: skip
    assert "$TOKEN" in (call.locator(".copied code").text_content() or "")
    assert "+ Via: 1.1 gateproof" in call.locator(".diff ins").all_text_contents()
    call.get_by_role("button", name="Copy the curl line").click()
    call.get_by_text("Copied").wait_for()


def test_a_failure_shows_both_sides_and_the_line_to_run_it_again(
    open_page: Open, sample: Run
) -> None:
    broken = _scenario(sample, "broken")
    tab = open_page(fragment=f"#{anchors.example(broken.id)}")

    finding = tab.locator(f"#{anchors.example(broken.id)} .finding")

    assert finding.locator(".wanted").text_content() == "401"
    assert finding.locator(".got").text_content() == "200"
    assert broken.again in (finding.text_content() or "")


# --- finding ----------------------------------------------------------------------------------------


def test_the_search_goes_through_titles_steps_and_evidence(open_page: Open, sample: Run) -> None:
    tab = open_page()
    proved = _scenario(sample, "proved")

    for words in (proved.title, proved.calls[0].marker):
        tab.fill("#q", words)
        _found(tab, "1 of 24 examples")
        assert tab.locator(".example:not([hidden])").get_attribute("id") == anchors.example(
            proved.id
        )
    tab.fill("#q", "acme is a consumer")
    _found(tab, "24 of 24 examples")
    assert tab.evaluate("CSS.highlights.get('found').size") > 0
    tab.fill("#q", "no such word")
    tab.get_by_text("No example fits these filters").wait_for()
    tab.get_by_role("button", name="Clear filters").click()
    _found(tab, "24 examples")


def test_tags_are_an_expression_and_a_wrong_one_is_explained(open_page: Open, sample: Run) -> None:
    tab = open_page()
    rigs = sum("needs-rig" in one.tags for one in sample.scenarios)

    tab.fill("#tags", "@needs-rig and not slow")
    _found(tab, f"{rigs} of 24")
    tab.fill("#tags", "not (needs-rig or slow)")
    plain = sum(not one.tags for one in sample.scenarios)
    _found(tab, f"{plain} of 24")
    for wrong, words in {
        "needs-rig and": "a tag is missing at the end",
        "(needs-rig": "a parenthesis is not closed",
        "needs-rig slow": "“and” or “or” is missing",
        "sloow": "No example has the tag @sloow",
    }.items():
        tab.fill("#tags", wrong)
        tab.locator("#tags-problem", has_text=words).wait_for()


def test_verdicts_and_capabilities_are_filters(open_page: Open, sample: Run) -> None:
    tab = open_page()

    tab.get_by_role("button", name="broken").click()
    _found(tab, "2 of 24")
    tab.get_by_role("button", name="unknown").click()
    _found(tab, "3 of 24")
    tab.keyboard.press("Escape")
    _found(tab, "24 examples")
    tab.select_option("#needs", "needs-rig")
    _found(tab, f"{sum('needs-rig' in one.tags for one in sample.scenarios)} of 24")


def test_filters_stand_in_the_address(open_page: Open) -> None:
    tab = open_page(fragment="#?verdict=broken&q=example")

    _found(tab, "2 of 24")
    assert tab.input_value("#q") == "example"
    tab.fill("#q", "")
    tab.wait_for_url("**#?verdict=broken")


# --- going ------------------------------------------------------------------------------------------


def test_deep_links_lead_to_examples_steps_rules_and_areas(open_page: Open, sample: Run) -> None:
    scenario = [one for one in sample.scenarios if one.calls][-1]
    tab = open_page(fragment=f"#{anchors.step(scenario.id, 3)}")

    for anchor in (
        anchors.step(scenario.id, 3),
        anchors.example(scenario.id),
        anchors.rule(scenario.file, scenario.rule),
        anchors.feature(scenario.file),
        anchors.area(scenario.area),
        "coverage-refusals",
    ):
        tab.goto(tab.url.partition("#")[0] + f"#{anchor}")
        target = tab.locator(f"#{anchor}")
        target.wait_for()
        assert target.evaluate("e => { const r = e.getBoundingClientRect(); return r.top < 900 }")
        assert target.evaluate("e => e.getBoundingClientRect().bottom > 0")
    assert tab.locator(f"#{anchors.example(scenario.id)}[open] .evidence").count() == 1


def test_a_deep_link_wins_over_filters(open_page: Open, sample: Run) -> None:
    proved = _scenario(sample, "proved")
    tab = open_page(fragment="#?verdict=broken")
    _found(tab, "2 of 24")

    tab.goto(tab.url.partition("#")[0] + f"#{anchors.example(proved.id)}")

    tab.locator(f"#{anchors.example(proved.id)}[open]").wait_for()
    _found(tab, "24 examples")


def test_views_change_by_link(open_page: Open) -> None:
    tab = open_page()

    for view in VIEWS:
        tab.locator(f".views a[data-view={view}]").click()
        tab.locator(f"#{view}.shown").wait_for()
        assert tab.locator("section.view:visible").count() == 1


def test_the_keyboard_reaches_everything(open_page: Open) -> None:
    tab = open_page()
    focused = ".example > summary:focus"

    tab.keyboard.press("/")
    tab.locator("#q:focus").wait_for()
    tab.keyboard.type("jk")
    assert tab.input_value("#q") == "jk"
    tab.keyboard.press("Escape")
    _found(tab, "24 examples")
    tab.keyboard.press("j")
    first = tab.locator(focused).locator("..").get_attribute("id")
    tab.keyboard.press("j")
    assert tab.locator(focused).locator("..").get_attribute("id") != first
    tab.keyboard.press("k")
    assert tab.locator(focused).locator("..").get_attribute("id") == first
    tab.keyboard.press("Enter")
    tab.locator(".example[open]").wait_for()
    tab.keyboard.press("Escape")
    assert tab.locator(".example[open]").count() == 0
    tab.keyboard.press("f")
    _found(tab, "3 of 24")
    tab.keyboard.press("f")
    _found(tab, "24 examples")
    tab.keyboard.press("n")
    assert tab.locator(focused).locator("..").get_attribute("data-v") in ("broken", "unknown")
    for number, view in enumerate(VIEWS, start=1):
        tab.keyboard.press(str(number))
        tab.locator(f"#{view}.shown").wait_for()


def test_shortcuts_are_listed_and_can_be_turned_off(open_page: Open) -> None:
    tab = open_page()

    tab.keyboard.press("?")
    tab.get_by_role("dialog", name="Keyboard").wait_for()
    tab.get_by_label("Single-letter shortcuts are on").uncheck()
    tab.keyboard.press("Escape")
    tab.get_by_role("dialog").wait_for(state="hidden")
    tab.keyboard.press("f")
    tab.reload()
    tab.keyboard.press("f")

    assert _shown(tab) == 24


# --- seeing -----------------------------------------------------------------------------------------


def _paper(tab: Page) -> str:
    return str(tab.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_light_and_dark_follow_the_system_until_somebody_chooses(open_page: Open) -> None:
    dark, light = _paper(open_page(color_scheme="dark")), _paper(open_page(color_scheme="light"))
    assert dark != light

    tab = open_page(color_scheme="light")
    tab.keyboard.press("t")
    assert _paper(tab) == light
    tab.keyboard.press("t")
    assert _paper(tab) == dark
    tab.reload()
    assert _paper(tab) == dark
    tab.get_by_role("button", name="Light or dark").click()
    assert _paper(tab) == light


def test_on_paper_there_is_everything_but_what_is_pressed(open_page: Open) -> None:
    tab = open_page(color_scheme="dark")

    tab.emulate_media(media="print")

    assert tab.locator(".side, .filters, .copy, .tools").locator("visible=true").count() == 0
    assert tab.locator("section.view:visible").count() == len(VIEWS)
    assert len(tab.pdf()) > 10_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, NARROW])
@pytest.mark.parametrize("name", ["sample", "hostile"])
def test_nothing_sticks_out_of_the_page(
    name: str, width: int, scheme: str, open_page: Open
) -> None:
    tab = open_page(name, width=width, color_scheme=scheme)
    tab.evaluate("document.querySelector('#all-steps').click()")
    tab.locator(".deferred .evidence").first.wait_for()
    tab.evaluate("document.querySelectorAll('.call').forEach(e => { e.open = true })")

    for view in VIEWS:
        tab.goto(tab.url.partition("#")[0] + f"#{view}")
        tab.locator(f"#{view}.shown").wait_for()
        assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (NARROW, "dark")])
def test_everybody_can_use_it(width: int, scheme: str, open_page: Open) -> None:
    """axe-core, all of its rules for WCAG 2.2 AA and its best practices, in every view."""
    tab = open_page(width=width, color_scheme=scheme)
    tab.evaluate(
        "document.querySelectorAll('.example').forEach((e, n) => { e.open = n < 3 || n == 5 })"
    )
    tab.locator(".deferred .evidence").first.wait_for()
    tab.evaluate("document.querySelectorAll('.call').forEach((e, n) => { e.open = n % 3 == 0 })")

    for view in VIEWS:
        tab.goto(tab.url.partition("#")[0] + f"#{view}")
        tab.locator(f"#{view}.shown").wait_for()
        found = Axe().run(tab)
        assert found.violations_count == 0, found.generate_report()


def test_the_list_of_keys_can_be_used_by_everybody(open_page: Open) -> None:
    tab = open_page()
    tab.keyboard.press("?")
    tab.get_by_role("dialog").wait_for()

    found = Axe().run(tab)

    assert found.violations_count == 0, found.generate_report()


# --- without ----------------------------------------------------------------------------------------


def test_without_javascript_verdicts_and_failures_are_there(open_page: Open, sample: Run) -> None:
    tab = open_page(java_script_enabled=False)

    assert tab.locator(".example").count() == 24
    assert tab.locator(".example .verdict").count() == 24
    assert tab.get_by_text("This page is shown without JavaScript").is_visible()
    assert tab.locator(".filters").is_hidden()
    broken = _scenario(sample, "broken")
    example = tab.locator(f"#{anchors.example(broken.id)}")
    example.locator("summary").first.click()
    assert example.locator(".finding").is_visible()
    assert example.locator("svg.diagram").is_visible()
    assert tab.locator("section.view:visible").count() == len(VIEWS)


def test_a_browser_that_cannot_unpack_is_told_so(
    open_page: Open, context_of: Callable[..., BrowserContext], drawn: dict[str, Path]
) -> None:
    tab = context_of().new_page()
    tab.add_init_script("delete window.DecompressionStream")
    tab.goto(drawn["sample"].as_uri())

    tab.evaluate("document.querySelector('.example[data-v=proved]').open = true")

    tab.get_by_text("This browser cannot unpack the evidence").wait_for()
    tab.fill("#q", "acme")
    _found(tab, "24 of 24")


def test_a_damaged_block_is_named_as_one(
    context_of: Callable[..., BrowserContext], drawn: dict[str, Path]
) -> None:
    tab = context_of().new_page()
    tab.goto(drawn["damaged"].as_uri())

    tab.evaluate("document.querySelector('.example[data-v=proved]').open = true")

    tab.get_by_text("The evidence could not be unpacked").wait_for()
