"""What axe-core finds on a page, said in lines that one can act on.

axe-core is Deque's, from npm; the package axe-playwright-python brings its file along.
"""

from importlib.resources import files

from playwright.sync_api import Page

# WCAG 2.2, levels A and AA.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SCRIPT = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
ASKED = """
tags => axe.run({runOnly: tags, resultTypes: ["violations"]}).then(found => found.violations
    .filter(rule => ["serious", "critical"].includes(rule.impact))
    .flatMap(rule => rule.nodes.map(node => [
        rule.id, node.target.flat().join(" "), node.failureSummary.split("\\n").slice(1).join(";"),
    ])))
"""


def faults(page: Page) -> list[str]:
    """Each serious or critical breach of WCAG 2.2 AA on the page: the rule, the element, what."""
    page.evaluate(SCRIPT)
    return [f"{rule} at {element}: {what}" for rule, element, what in page.evaluate(ASKED, TAGS)]
