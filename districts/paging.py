"""Paging through tables of any size without counting all their rows."""

from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.utils.functional import cached_property

if TYPE_CHECKING:
    Rows = Paginator[Any]
else:
    Rows = Paginator


class BoundedPaginator(Rows):
    """Pages up to `most` rows; counts no further, so that a long list costs as little as a short.

    Whoever needs what lies beyond narrows the list by the search or a filter.
    """

    template_name = "kartei/pagination.html"
    most = 10_000

    @cached_property
    def count(self) -> int:
        return min(self._counted, self.most)

    @property
    def is_cut(self) -> bool:
        """Whether there are more rows than the pages show."""
        return self._counted > self.most

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self.most + 1].count())
