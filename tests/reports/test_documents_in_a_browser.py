"""The built documents in a real browser: readable on a phone, with a search that finds."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def documents() -> Path:
    """Return the folder of built pages, or skip with the reason."""
    named = os.environ.get("MENTORMATCH_DOCS")
    if not named:
        pytest.skip("documents are not built (MENTORMATCH_DOCS names the folder of the pages)")
    return Path(named)


@pytest.fixture
def phone(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 400, "height": 800})
    yield context.new_page()
    context.close()


def test_no_page_is_wider_than_a_phone(phone: Any, documents: Path) -> None:
    pages = [page for page in documents.rglob("*.html") if "_static" not in page.parts]
    assert len(pages) > 50
    wide = []
    for page in pages:
        phone.goto(page.as_uri())
        if not phone.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            wide.append(page.relative_to(documents).as_posix())
    assert wide == []


@pytest.mark.parametrize(
    ("asked", "page"),
    [
        ("Microsoft Forms", "Match answers of Microsoft Forms"),
        ("drop-out", "Somebody dropped out"),
        ("together_hour", "Plan meetings that can really take place"),
    ],
)
def test_the_search_finds_the_page(phone: Any, documents: Path, asked: str, page: str) -> None:
    phone.goto(f"{(documents / 'search.html').as_uri()}?q={asked}")
    phone.locator("#search-results li a").first.wait_for()
    phone.wait_for_timeout(1000)
    found = phone.locator("#search-results li a").all_inner_texts()
    assert page in found[:5]


def test_charts_are_pictures_that_need_no_internet(phone: Any, documents: Path) -> None:
    asked: list[str] = []
    phone.on("request", lambda one: asked.append(one.url))
    for name in ("gallery", "notebooks/quickstart", "notebooks/lua-community/lua-community"):
        phone.goto((documents / f"{name}.html").as_uri())
        pictures = phone.locator("article img").all()
        assert pictures
        for picture in pictures:
            picture.scroll_into_view_if_needed()
            assert picture.evaluate("one => one.decode().then(() => one.naturalWidth)") > 100
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
