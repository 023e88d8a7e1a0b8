"""The act on where a member lives as a page (A3, A4)."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from districts.acts import LineInput, Outcome, act_on, sentence
from districts.picking import LOCALITY, PickField
from members.admin_acts import with_consequences
from members.following import FollowsTheArticles
from members.membership import move_house
from members.models import Member
from members.residence import before


@act_on(Member)
class MoveHouse(FollowsTheArticles):
    """Record a new address."""

    name = "move-house"
    title = lazy("Moved house")
    explanation = lazy(
        "The new address takes the place of the old one. Who works in no factory goes over to the "
        "street cell of the new locality (A3). For a member of a factory cell the registration as "
        "a resident ends in the old district on that day and begins in the new one; none is needed "
        "in the home cell's own (A4)."
    )
    icon = "home"

    address = forms.CharField(
        label=lazy("Street and house number"), max_length=200, required=False, widget=LineInput
    )
    locality = PickField(
        LOCALITY, label=lazy("Locality"), required=False, help_text=lazy("Its code or name.")
    )

    def adapt(self) -> None:
        super().adapt()
        self.fields["address"].initial = self.target.address
        self.fields["locality"].initial = self.target.locality_id
        self.fields["on"].label = lazy("Lives there since")

    def perform(self, target: Member) -> Outcome:
        given, known = self.cleaned_data, before(target)
        member = move_house(
            member=target, address=given["address"], locality=given["locality"], on=self.day
        )
        place = member.locality or _("an unknown place")
        text = sentence(_("Lives in %(place)s since %(day)s."), place=place, day=self.day)
        text = f"{text} {self.followed(member)}".rstrip()
        return self.done(member, with_consequences(text, known))
