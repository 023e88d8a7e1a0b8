"""The work that a bureau shares out (A8): the usual portfolios, and the organisation's own."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CHAIR = "chair"
USUAL: dict[str, str | Promise] = {
    CHAIR: _("chair"),
    "secretary": _("secretary"),
    "treasurer": _("treasurer"),
    "literature": _("literature"),
    "trade-union": _("trade-union work"),
}


def portfolio_choices() -> list[tuple[str, str | Promise]]:
    """What can be chosen, with nothing first: the usual ones, then those in `PORTFOLIOS`."""
    own = [(name, name) for name in settings.PORTFOLIOS if name not in USUAL]
    return [("", _("not shared out yet")), *USUAL.items(), *own]


def portfolio_label(portfolio: str) -> str:
    """A portfolio as people call it; empty for none."""
    return str(USUAL.get(portfolio, portfolio))
