"""What is wrong with the place things take on a page."""

from playwright.sync_api import Page


def sticking_out(page: Page) -> list[str]:
    """The outermost elements that make the page wider than its window."""
    found: list[str] = page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return [];
            const wide = (e) => e.getBoundingClientRect().right > root.clientWidth + 1;
            return [...document.body.querySelectorAll("*")].filter(wide).slice(0, 3)
                .map((e) => e.outerHTML.slice(0, 120)).concat("the page scrolls sideways");
        }"""
    )
    return found
