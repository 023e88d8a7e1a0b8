"""What the public form asks, and how it tells people from programs that fill in forms."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.days import DayField
from cells.my_picks import LOCALITY
from districts.models import Locality, Workplace
from districts.picking import ASKED_BACK

LEAST_SECONDS = 3  # nobody reads and fills in the form faster
MOST_SECONDS = 24 * 3600
_signer = signing.TimestampSigner(salt="kartei.join")


def new_stamp() -> str:
    """What a form is sent with: chance and the moment at which it was shown, signed."""
    return _signer.sign(get_random_string(22))


class JoinForm(forms.Form):
    """Who asks, where one lives and works, and why.

    A place is named by its postcode or name and never listed. Whether a workplace is known is not
    told to whoever asks: one that is not goes along as it was typed.
    """

    given_name = forms.CharField(label=lazy("Given name"), max_length=100)
    family_name = forms.CharField(label=lazy("Family name"), max_length=100)
    born = DayField(
        label=lazy("Born"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=lazy("May be left empty."),
    )
    email = forms.EmailField(
        label=lazy("E-mail"), required=False, help_text=lazy("An e-mail address or a telephone.")
    )
    phone = forms.CharField(
        label=lazy("Telephone"),
        max_length=50,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    address = forms.CharField(
        label=lazy("Street and house number"),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    place = forms.CharField(
        label=lazy("Where you live"), max_length=70, help_text=lazy("The postcode or the name.")
    )
    works_at = forms.CharField(
        label=lazy("Where you work"),
        max_length=80,
        required=False,
        help_text=lazy("The name of the workplace; empty if you work in none."),
    )
    reason = forms.CharField(
        label=lazy("Why you want to join"),
        max_length=380,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=lazy("A sentence is enough."),
    )
    consent = forms.BooleanField(label=lazy("I agree that this is kept, as it says above."))
    # Not for people: a style hides it, and what fills in every field is told by it.
    website = forms.CharField(
        label=lazy("Leave this field empty"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.locality: Locality | None = None
        self.nonce = ""

    @property
    def is_of_a_program(self) -> bool:
        """Whether the field was filled in that people do not see."""
        return bool(self.cleaned_data["website"])

    def clean_born(self) -> Any:
        born = self.cleaned_data["born"]
        if born is not None and born >= timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return born

    def clean_place(self) -> str:
        """Find the place; one that the register does not know goes along as it was typed."""
        text = str(self.cleaned_data["place"])
        found: Any = LOCALITY.named(None, text)  # type: ignore[arg-type]  # of nobody's ground
        if found is None:
            like = list(LOCALITY.like(None, text)[: ASKED_BACK + 1])  # type: ignore[arg-type]
            if like and len(text) >= LEAST_LETTERS:
                names = "; ".join(f"{row.postcode} {row.name}" for row in like[:ASKED_BACK])
                more = _(" and others") if len(like) > ASKED_BACK else ""
                asked = _("Which one? Please give its name: %(rows)s%(more)s.")
                raise forms.ValidationError(asked % {"rows": names, "more": more})
        self.locality = found
        return text

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not given.get("email") and not given.get("phone") and "email" not in self.errors:
            self.add_error("email", _("Please give an e-mail address or a telephone."))
        self._check_stamp()
        return given

    def _check_stamp(self) -> None:
        stamp = self.data.get("stamp", "")
        try:
            self.nonce = _signer.unsign(stamp, max_age=MOST_SECONDS)
        except signing.BadSignature:
            again = _("This page was open for too long. Please look at it and send it once more.")
            self.add_error(None, again)
            return
        try:
            _signer.unsign(stamp, max_age=LEAST_SECONDS)
        except signing.SignatureExpired:
            return
        self.add_error(None, _("That was very fast. Please wait a moment and send it once more."))

    def given(self) -> dict[str, Any]:
        """What the act takes: the person, the places, and the reason."""
        filled, workplace = self.cleaned_data, self._workplace()
        person = {
            name: filled[name] for name in ("given_name", "family_name", "born", "email", "phone")
        }
        address, reason = filled["address"], filled["reason"]
        if self.locality is None:
            address = f"{address}, {filled['place']}"
        if workplace is None and filled["works_at"]:
            reason += "\n" + _("Works at: %(name)s") % {"name": filled["works_at"]}
        places = {"locality": self.locality, "workplace": workplace}
        return person | places | {"address": address, "reason": reason}

    def _workplace(self) -> Workplace | None:
        """The only workplace of that name, or the only one of them in the own locality."""
        name = self.cleaned_data["works_at"]
        if not name:
            return None
        rows = Workplace.objects.select_related("locality__unit").filter(name__iexact=name)
        found = list(rows[: ASKED_BACK + 1])
        if len(found) > 1:
            found = list(rows.filter(locality=self.locality)[:2])
        return found[0] if len(found) == 1 else None


LEAST_LETTERS = 3  # of a place before those like it are told
