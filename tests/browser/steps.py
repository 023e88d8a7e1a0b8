"""Counting what a journey costs: a click, a field filled or a key that sends is one step."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect


class Steps:
    """A page whose steps are counted, from the page after the login on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.taken: list[str] = []

    def click(self, target: Locator) -> None:
        """Click something."""
        self.taken.append(f"click {target}")
        target.click()

    def fill(self, target: Locator, text: str) -> None:
        """Fill a field."""
        self.taken.append(f"fill {target}")
        target.fill(text)

    def choose(self, target: Locator, option: str) -> None:
        """Choose an option of a list."""
        self.taken.append(f"choose {target}")
        target.select_option(option)

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Press a key that sends."""
        self.taken.append(f"press {key}")
        target.press(key)

    def do(self) -> None:
        """Look at what an act will do, where it shows that, and do it."""
        look_and_do(self.page, self.click)

    def within(self, budget: int) -> None:
        """Fail if more steps than `budget` were taken."""
        assert len(self.taken) <= budget, "\n".join(self.taken)


def look_and_do(page: Page, click: Callable[[Locator], None] = Locator.click) -> None:
    """Look at what an act will do, where it shows that, and do it."""
    show = page.get_by_role("button", name="Show what this will do")
    done = page.get_by_role("button", name="Do it")
    # Which of them the page has is known once the page is there.
    expect(show.or_(done)).to_be_visible()
    if show.is_visible():
        click(show)
    click(done)


def too_wide(page: Page) -> bool:
    """Whether the page would have to be moved sideways; asked once it is there as a whole."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
