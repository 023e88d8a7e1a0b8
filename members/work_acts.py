"""The acts on a member's work as pages (A1, A6)."""

from collections.abc import Iterator
from datetime import date

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from districts.acts import Outcome, Text, act_on, sentence
from districts.picking import WORKPLACE, PickField
from members.admin_acts import MemberAct, with_consequences
from members.employments import end_employment, set_main_employment, start_employment
from members.following import FollowsTheArticles
from members.models import Employment, Member
from members.residence import before


@act_on(Member)
class StartEmployment(FollowsTheArticles):
    """Record a new job."""

    name = "start-employment"
    of_home = True
    title = lazy("New job")
    explanation = lazy(
        "The work is entered from that day, and the member goes over to the cell responsible for "
        "the workplace (A1, A2). A registration as a resident that is missing, or no longer "
        "lawful, is put right from that day (A4)."
    )
    icon = "work"

    workplace = PickField(WORKPLACE, label=lazy("Workplace"), help_text=lazy("Its code or name."))
    standing = forms.ChoiceField(
        label=lazy("As"),
        choices=Employment.Standing.choices,
        initial=Employment.Standing.MAIN,
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=lazy("The main employment says where the member belongs; a side job does not."),
    )

    def adapt(self) -> None:
        super().adapt()
        self.fields["on"].label = lazy("Works there since")

    def unusual(self, target: Member) -> Iterator[Text]:
        yield from super().unusual(target)
        for work in target.employments.in_force(self.day).select_related("workplace"):
            text = _("%(member)s works at %(place)s already; has that job ended?")
            yield text % {"member": target, "place": work.workplace}

    def perform(self, target: Member) -> Outcome:
        given = self.cleaned_data
        known = before(target)
        work = start_employment(
            member=target,
            workplace=given["workplace"],
            since=self.day,
            standing=given["standing"] or Employment.Standing.MAIN,
        )
        text = _("Works at %(place)s since %(day)s.")
        told = sentence(text, place=work.workplace, day=work.since)
        told = f"{told} {self.followed(target)}".rstrip()
        return Outcome(target, with_consequences(told, known))


class OneOfTheJobs(MemberAct):
    """An act on one of the jobs that the member has."""

    of_home = True

    employment = forms.ModelChoiceField(
        Employment.objects.none(),
        label=lazy("Which job"),
        widget=UnfoldAdminRadioSelectWidget,
        empty_label=None,
    )

    def adapt(self) -> None:
        running = self.target.employments.not_ended(timezone.localdate())
        self.fields["employment"].queryset = running.select_related(  # type: ignore[attr-defined]
            "workplace", "member"
        )
        if running.count() == 1:
            self.fields["employment"].initial = running.get()


@act_on(Member)
class EndEmployment(OneOfTheJobs):
    """Record that a job ended."""

    name = "end-employment"
    title = lazy("Job ended")
    explanation = lazy(
        "The work ends on that day. Who is out of work stays in the cell of the factory where he "
        "or she last worked (A6), and so does the registration as a resident (A4)."
    )
    icon = "work_off"

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.employments.not_ended(on).exists()

    def adapt(self) -> None:
        super().adapt()
        self.fields["on"].label = lazy("First day without this work")

    def perform(self, target: Member) -> Outcome:
        known = before(target)
        work = end_employment(employment=self.cleaned_data["employment"], on=self.day)
        text = _("No longer works at %(place)s from %(day)s.")
        told = sentence(text, place=work.workplace, day=self.day)
        return Outcome(target, with_consequences(told, known))


@act_on(Member)
class MainEmployment(OneOfTheJobs):
    """Say which of several jobs is the main one."""

    name = "main-employment"
    title = lazy("Main employment")
    explanation = lazy(
        "Of several jobs the main one says to which cell the member belongs (A1); the others "
        "become side jobs. The registration does not change by itself."
    )
    icon = "work_history"

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return target.left is None and target.employments.in_force(on).count() > 1

    def perform(self, target: Member) -> Outcome:
        main = set_main_employment(employment=self.cleaned_data["employment"], on=self.day)
        text = _("%(place)s is the main employment, as entered on %(day)s.")
        return Outcome(target, sentence(text, place=main.workplace, day=self.day))
