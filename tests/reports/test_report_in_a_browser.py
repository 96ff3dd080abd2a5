"""The report in a real browser: locked, readable, reachable by keyboard, quick, and printable."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from reports_people import INJECTIONS, cohort_of, large_matching, matching_of

from mentormatch.reports.html import html_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VIEWS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1300, "height": 900}},
    "phone": {"viewport": {"width": 400, "height": 800}, "has_touch": True, "is_mobile": True},
    "narrow phone": {"viewport": {"width": 360, "height": 800}, "is_mobile": True},
    "dark": {"viewport": {"width": 1300, "height": 900}, "color_scheme": "dark"},
    "dark phone": {"viewport": {"width": 400, "height": 800}, "color_scheme": "dark"},
    "forced colours": {"viewport": {"width": 1300, "height": 900}, "forced_colors": "active"},
    # Half as many CSS pixels is what a zoom of 200 % gives.
    "zoom 200 %": {"viewport": {"width": 650, "height": 450}, "device_scale_factor": 2},
}

# What axe-core is asked: everything of both shapes of the page, its colours where others are shown.
RULES: dict[str, dict[str, Any]] = {
    "desktop": {},
    "phone": {},
    "dark": {"runOnly": ["color-contrast"]},
    "forced colours": {"runOnly": ["color-contrast"]},
}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    # Twelve people with ordinary names, and one for each injection.
    cohort = cohort_of(36, 12, [f"Sample Ada-{k}" for k in range(24)] + INJECTIONS)
    text = html_report(matching_of(cohort), groups=["gender"], include=["wants", "offers"])
    path.write_text(text, "utf-8")
    return path


@contextmanager
def opened(browser: Any, path: Path, view: str = "desktop") -> Iterator[Any]:
    """Open a page; whatever it asks for besides itself, or says to the console, is a failure."""
    context = browser.new_context(**VIEWS[view])
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda asked: said.append(asked.url) if page_url != asked.url else None)
    page_url = path.as_uri()
    try:
        page.goto(page_url)
        yield page
        assert said == []
    finally:
        context.close()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_is_whole_silent_and_passes_axe(
    browser: Any, axe: str, report: Path, view: str
) -> None:
    with opened(browser, report, view) as page:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.locator(".facts a").count() == 5
        page.locator("button.open").first.click()
        # Numbers of the next best mentors stand below their heads, on a phone too.
        for head in page.locator("tr.inside:visible .pair thead th").all():
            assert head.is_visible()
        if view not in RULES:
            return
        page.evaluate(axe)
        asked = {"resultTypes": ["violations"], **RULES[view]}
        found = page.evaluate("(asked) => axe.run(document, asked)", asked)
        problems = [
            f"{one['id']}: {node['target']} {node['failureSummary']}"
            for one in found["violations"]
            for node in one["nodes"]
        ]
        assert problems == []


def test_a_pair_is_reached_and_opened_by_keyboard(browser: Any, report: Path) -> None:
    with opened(browser, report) as page:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.className") == "open":
                break
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
        assert page.locator("tr.inside:visible .fall li").count() == 3
        assert "Score of the pair" in page.locator("tr.inside:visible").inner_text()
        page.keyboard.press("Space")
        assert page.locator("tr.inside:visible").count() == 0


def test_pairs_are_searched_sorted_and_filtered_by_a_fact(browser: Any, report: Path) -> None:
    with opened(browser, report) as page:
        rows = page.locator("#pairs tr.row")
        everybody = rows.count()
        page.fill("#pairs-search", "ada-1 mentor")
        assert 0 < rows.count() < everybody
        assert f"of {everybody}" in page.locator("#pairs .shown").inner_text()
        page.get_by_role("link", name="Worst off?").click()
        assert rows.count() == everybody
        scores = [float(one) for one in page.locator("#pairs .score > span").all_inner_texts()]
        assert scores == sorted(scores)
        page.locator("#pairs").get_by_role("button", name="Score").click()
        scores = [float(one) for one in page.locator("#pairs .score > span").all_inner_texts()]
        assert scores == sorted(scores, reverse=True)


def test_hostile_names_are_shown_as_text_and_do_nothing(browser: Any, report: Path) -> None:
    with opened(browser, report) as page:
        shown = page.locator("#pairs, #unmatched").all_inner_texts()
        for hostile in INJECTIONS[:10]:
            assert any(hostile in text for text in shown), hostile
        assert page.evaluate("window.hit") is None
        assert page.locator("bdi b, bdi img, bdi svg").count() == 0


def test_what_is_printed_is_the_filtered_list_on_a4(browser: Any, report: Path) -> None:
    with opened(browser, report) as page:
        page.fill("#pairs-search", "ada-1")
        chosen = page.locator("#pairs tr.row").count()
        printed = page.pdf(prefer_css_page_size=True)
        assert page.locator("#pairs tr.row").count() == chosen
        box = re.search(rb"/MediaBox \[0 0 (\S+) (\S+)\]", printed)
        assert box is not None
        assert (round(float(box[1])), round(float(box[2]))) == (595, 842)
        page.emulate_media(media="print")
        assert not page.locator(".bar").is_visible()
        assert not page.locator("#pairs-search").is_visible()
        # Buttons are not painted in the heads that later pages repeat; text is.
        heads = page.locator("#pairs thead th, #mentors thead th").all()
        assert len(heads) >= 7
        for head in heads:
            label = head.evaluate("th => getComputedStyle(th, '::before').content")
            sortable = head.get_attribute("data-sortable") is not None
            assert (label.strip('"') if sortable else head.inner_text()) != "none"
            assert not head.locator("button").count() or not head.locator("button").is_visible()
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        assert page.locator("#pairs tr.row").count() == chosen


def test_all_drawings_have_letters_of_one_size(browser: Any, tmp_path: Path) -> None:
    """One of a single panel was drawn a quarter larger than those of three panels below it."""
    path = tmp_path / "report.html"
    groups = {"a": ["x", "y"] * 18, "b": ["a rather long name", "another long name"] * 18}
    for audience in ("committee", "participants"):
        text = html_report(matching_of(cohort_of(36, 12)), groups=groups, audience=audience)
        path.write_text(text, "utf-8")
        with opened(browser, path) as page:
            scales = page.eval_on_selector_all(
                ".chart svg",
                "all => all.map(e => e.getBoundingClientRect().width / +e.getAttribute('width'))",
            )
            assert len(scales) >= 2
            assert scales == pytest.approx([1.0] * len(scales), abs=0.01)


def test_without_people_the_page_for_participants_has_no_lists(
    browser: Any, axe: str, tmp_path: Path
) -> None:
    path = tmp_path / "participants.html"
    text = html_report(matching_of(), audience="participants", groups=["gender"])
    path.write_text(text, "utf-8")
    with opened(browser, path) as page:
        assert page.locator("[data-table]").count() == 0
        page.evaluate(axe)
        assert page.evaluate("axe.run().then((found) => found.violations.length)") == 0


@pytest.mark.parametrize(
    ("pairs", "megabytes", "seconds"), [(5_000, 1.0, 1.0), (100_000, 6.0, 2.0)]
)
def test_many_pairs_are_there_at_once(
    browser: Any, tmp_path: Path, pairs: int, megabytes: float, seconds: float
) -> None:
    path = tmp_path / "large.html"
    matching = large_matching(pairs, pairs // 5)
    path.write_text(html_report(matching), "utf-8")
    assert path.stat().st_size <= megabytes * 1e6
    took = []
    for _ in range(3):
        with opened(browser, path) as page:
            entry = "performance.getEntriesByType('navigation')[0]"
            took.append(page.evaluate(f"{entry}.domContentLoadedEventEnd") / 1000)
            assert page.locator("#pairs tr.row").count() == 100
            # All three thousand of a long list are printed at most.
            page.fill("#pairs-search", "mentee-000042")
            assert page.locator("#pairs tr.row").count() == 1
        # The best of three: other work on the machine is not the page's.
        if took[-1] <= seconds:
            break
    assert min(took) <= seconds


def test_an_opened_pair_is_seen_whole_in_the_box_of_its_list(browser: Any, report: Path) -> None:
    # Opened at the foot of the box, 734 px high, nothing of the pair was to be seen.
    inside = "document.querySelector('#pairs tr.inside:not([hidden])').getBoundingClientRect()"
    frame = "document.querySelector('#pairs .frame').getBoundingClientRect()"
    with opened(browser, report) as page:
        page.evaluate("document.querySelectorAll('#pairs .open')[10].click()")
        assert page.evaluate(f"{inside}.bottom <= {frame}.bottom + 1")
        assert page.evaluate(f"{inside}.top > {frame}.top")
    # So it is where the columns stand below each other.
    with opened(browser, report, "zoom 200 %") as page:
        page.evaluate("document.querySelectorAll('#pairs .open')[10].click()")
        assert page.evaluate(f"{inside}.bottom <= {frame}.bottom + 1")


def test_letters_of_charts_are_no_smaller_on_a_phone_and_items_of_a_key_stand_apart(
    browser: Any, report: Path
) -> None:
    smallest = """Math.min(...[...document.querySelectorAll('.chart svg')].flatMap((svg) => {
      const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
      return [...svg.querySelectorAll('text')].map(
        (text) => parseFloat(getComputedStyle(text).fontSize) * scale);
    }))"""
    gap = """(() => {
      const texts = [...document.querySelectorAll('#mentors .chart text')];
      const at = (said) => texts.find((one) => one.textContent === said).getBoundingClientRect();
      return at('no mentee').left - at('some seats free').right;
    })()"""
    with opened(browser, report, "phone") as page:
        assert page.evaluate(smallest) >= 10
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    with opened(browser, report) as page:
        assert page.evaluate(gap) > 20


def test_the_scores_fit_a_phone_and_charts_of_groups_are_not_shrunk(
    browser: Any, report: Path
) -> None:
    # Of the scores two thirds were seen, and groups stood in half a page at three quarters.
    beyond = """(() => {
      const box = document.querySelector('.two .chart');
      return box.scrollWidth - box.clientWidth;
    })()"""
    scales = """[...document.querySelectorAll('#fairness .chart svg')].map((svg) =>
      svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)"""
    with opened(browser, report, "narrow phone") as page:
        assert page.evaluate(beyond) <= 0
    with opened(browser, report) as page:
        assert min(page.evaluate(scales)) >= 0.99


def test_in_print_the_card_of_fairness_is_no_column_of_two_words(
    browser: Any, report: Path
) -> None:
    with opened(browser, report) as page:
        page.set_viewport_size({"width": 700, "height": 900})
        page.emulate_media(media="print")
        widths = page.evaluate(
            "[...document.querySelectorAll('.facts li')].map((li) => li.offsetWidth)"
        )
        assert min(widths) > 200


def test_what_was_opened_is_printed_beside_its_row_and_no_column_is_cut(
    browser: Any, report: Path
) -> None:
    with opened(browser, report) as page:
        page.locator("button.open").first.click()
        page.emulate_media(media="print")
        # The text of a page of A4 is 182 mm wide.
        page.set_viewport_size({"width": 688, "height": 1000})
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
        pair = page.locator("tr.inside:visible .pair")
        assert len(pair.evaluate("(e) => getComputedStyle(e).gridTemplateColumns").split()) == 2
        assert pair.evaluate("(e) => [...e.children].every((c) => c.scrollWidth <= c.clientWidth)")
        row = page.locator("tr.row:has(+ tr.inside:not([hidden]))").first
        assert row.evaluate("(e) => getComputedStyle(e).breakAfter") == "avoid"
