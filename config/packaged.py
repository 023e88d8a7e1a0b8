"""What is served of the files that the packages bring along."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder

# Of each style sheet of Bootstrap its map stays: the sheet names it.
UNUSED = (
    *("bootstrap/js/*", "bootstrap-*", "bootstrap.css*", "bootstrap.rtl.css*"),
    *("django_htmx/ext/*", "htmax-*", "htmx-4*", "htmx-2.js", "django-htmx.js"),
)


class PackagedFiles(AppDirectoriesFinder):
    """Django's own, without the parts of Bootstrap and htmx that no page asks for."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        return super().list([*(ignore_patterns or ()), *UNUSED])
