"""The pages that are made from declarations are those that the declarations make."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

DOCS = Path(__file__).parent.parent / "docs"


@pytest.mark.parametrize("page", ["tables", "rules"])
def test_the_page_is_up_to_date(page):
    out = StringIO()
    call_command("describe", page, stdout=out)
    written = (DOCS / f"{page}.md").read_text()
    assert written == out.getvalue(), f"make it: manage.py describe {page}"
