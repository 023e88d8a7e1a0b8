"""Calls for nominations whose last day has passed, among what waits on the office's first page."""

from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from audit.ground import Ground
from districts.panels import Waiting, declare_waiting
from elections.models import NominationCall

TO_CLOSE = "nominations"  # the state by which the list of the questions is narrowed


def _over(ground: Ground, day: date) -> int:
    """How many calls of the units of `ground` wait to be closed. One query."""
    return NominationCall.objects.over(day).filter(ground.holds("question__unit__")).count()


def _list() -> str:
    return f"{reverse('admin:elections_question_changelist')}?state={TO_CLOSE}"


declare_waiting(Waiting("nominations", _("Nominations to close"), _over, _list, order=5))
