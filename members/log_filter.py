"""What somebody asks of the log: about whom, which unit, which act, which days."""

from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget

from audit.days import DayField
from audit.ground import Ground
from audit.models import Entry
from districts.acts import DayInput, LineInput, Text, titles
from districts.log import seen_entries
from districts.models import Unit
from districts.picking import SEEN_UNIT, PickField
from members.act_titles import OTHER_ACTS


class LogFilter(forms.Form):
    """The fields that narrow the log; what is left empty narrows nothing."""

    member = forms.IntegerField(
        label=_("Member number"), required=False, min_value=1, max_value=2**63 - 1
    )
    unit = PickField(SEEN_UNIT, label=_("Unit, with all below it"), required=False)
    act = forms.ChoiceField(label=_("Act"), required=False, widget=UnfoldAdminSelectWidget)
    what = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("all")), *Entry.What.choices],
        widget=UnfoldAdminSelectWidget,
    )
    since = DayField(label=_("From"), required=False, widget=DayInput)
    until = DayField(label=_("To"), required=False, widget=DayInput)
    before = forms.IntegerField(
        required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput
    )

    asked: ClassVar[tuple[str, ...]] = ("member", "unit", "act", "what", "since", "until")

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request.GET)
        self.fields["member"].widget = LineInput(inputmode="numeric")
        act: Any = self.fields["act"]
        act.choices = [("", _("all")), *sorted(self.titles().items(), key=lambda act: str(act[1]))]
        unit: Any = self.fields["unit"]
        unit.ask(request)
        self.full_clean()

    @staticmethod
    def titles() -> dict[str, Text]:
        """How each act that the log can name is called."""
        return OTHER_ACTS | titles()

    def narrow(self, ground: Ground) -> QuerySet[Entry]:
        """The entries that are asked for and may be seen; none where a field is wrong."""
        if self.errors:
            return Entry.objects.filter(pk__in=[])
        given = self.cleaned_data
        condition = Q()
        for name in ("member", "act", "what"):
            if given[name]:
                condition &= Q(**{name: given[name]})
        if given["since"]:
            condition &= Q(at__gte=_midnight(given["since"]))
        if given["until"]:
            condition &= Q(at__lt=_midnight(given["until"] + timedelta(days=1)))
        if given["before"]:
            condition &= Q(pk__lt=given["before"])
        if isinstance(given["unit"], Unit):
            below = Unit.objects.on_ground(Ground((given["unit"].extent,))).order_by()
            condition &= Q(unit__in=below.values("pk"))
        few = given["member"] is not None
        return seen_entries(Entry.objects.filter(condition), ground, few=few)

    def query(self, **more: Any) -> str:
        """What is asked for, as the end of an address."""
        given = {name: self.data.get(name, "") for name in self.asked}
        return urlencode({name: value for name, value in (given | more).items() if value})


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
