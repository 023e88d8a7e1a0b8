"""The e-mail that says who leads a unit: the same for all who read one language."""

from django.contrib.auth.models import AnonymousUser
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from districts.veil import looking_as
from elections.bureaus.portfolios import CHAIR, portfolio_label
from elections.meetings.mails import language_of
from elections.models import Bureau, Seat
from members.models import Member
from members.veil import look_up


class Letters:
    """The e-mails about one bureau; each language is written once."""

    def __init__(self, bureau: Bureau) -> None:
        self.bureau = bureau
        self._known: dict[str, tuple[str, str]] = {}

    def to(self, member: Member) -> EmailMessage:
        """The e-mail to this member."""
        language = language_of(member)
        if language not in self._known:
            self._known[language] = self._written(language)
        subject, body = self._known[language]
        headers = {"Auto-Submitted": "auto-generated"}
        return EmailMessage(subject, body, to=[member.email], headers=headers)

    def _written(self, language: str) -> tuple[str, str]:
        # Many read it: whoever is at home in an emergency stands under the number (A14).
        with translation.override(language), looking_as(AnonymousUser()):
            seats = self._seats()
            context = {"bureau": self.bureau, "unit": self.bureau.unit, "seats": seats}
            body = render_to_string("elections/announcement_mail.txt", context)
            subject = _("Who leads: %(unit)s") % {"unit": self.bureau.unit.name}
        return " ".join(subject.split()), body  # a subject is one line

    def _seats(self) -> list[tuple[str, str]]:
        """Who sits and what falls to them: the chair first, then those with a work of their own."""
        today = timezone.localdate()
        held = Seat.objects.filter(bureau=self.bureau, until__isnull=True, since__lte=today)
        rows = list(held.exclude(member__left__lte=today).select_related("member"))
        look_up(seat.member_id for seat in rows)
        rows.sort(key=lambda seat: (seat.portfolio != CHAIR, not seat.portfolio, seat.pk))
        return [(seat.member.full_name, str(portfolio_label(seat.portfolio))) for seat in rows]
