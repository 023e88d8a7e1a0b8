"""What the tables of the ground and the people hold on a member."""

from collections.abc import Iterable

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.utils.translation import gettext_lazy as _

from districts.models import HeldRole
from members.accounts.factor_names import FACTOR_LABELS, factor_in_words
from members.door_models import AddressChange, FactorReset, Invitation
from members.holdings import Part, Row, cell_of, declare_part, of_model, told
from members.models import (
    Account,
    EarlierMembership,
    Employment,
    FormerNumber,
    Member,
    NotTheSame,
    Registration,
    Request,
)
from members.templatetags.pages import browser

# What the search compares follows from the names, and says nothing more.
_PERSON = [field for field in Member._meta.concrete_fields if field.name != "search"]


def _person(member: Member) -> Iterable[Row]:
    yield [cell_of(member, field) for field in _PERSON]


def _not_the_same(member: Member) -> Iterable[Row]:
    """That he or she was taken for somebody else, and when that was cleared up; not for whom."""
    both = NotTheSame.objects.filter(member=member) | NotTheSame.objects.filter(other=member)
    for day in both.order_by("pk").values_list("on", flat=True):
        yield [told("on", _("found on"), day)]


_NAMES = {field.name: field.verbose_name for field in _PERSON}
declare_part(Part("members", _("Person"), _person, 10, Member, _NAMES))
declare_part(of_model(FormerNumber, _("Former numbers"), order=11, name="former_numbers"))
declare_part(
    of_model(EarlierMembership, _("Earlier memberships"), order=12, name="earlier_memberships")
)
declare_part(of_model(Registration, _("Registrations"), order=20, name="registrations"))
declare_part(of_model(Employment, _("Employments"), order=21, name="employments"))
declare_part(of_model(Request, _("Requests"), order=30, name="requests"))
declare_part(Part("not_the_same", _("Taken for somebody else"), _not_the_same, 31, NotTheSame))
declare_part(
    of_model(
        Account,
        _("Account"),
        order=80,
        name="accounts",
        leave_out=("password",),  # only its hash is kept, which opens nothing and tells nothing
    )
)
declare_part(of_model(HeldRole, _("Roles"), order=81, name="roles", lookup="account__member"))

# How one gets in. What opens something is told as there, and not as what it is.
_OF_ACCOUNT, _OF_USER = "account__member", "user__member"

declare_part(
    of_model(
        Invitation,
        _("Invitations to an account"),
        order=84,
        name="account_invitations",
        leave_out=("token_hash",),
    )
)
declare_part(
    of_model(
        AddressChange,
        _("Changes of address"),
        order=85,
        name="address_changes",
        lookup=_OF_ACCOUNT,
        leave_out=("token_hash",),
    )
)
declare_part(
    of_model(
        FactorReset,
        _("Resets of the second factor"),
        order=86,
        name="factor_resets",
        lookup=_OF_ACCOUNT,
    )
)
declare_part(
    of_model(EmailAddress, _("Addresses"), order=87, name="email_addresses", lookup=_OF_USER)
)
declare_part(
    of_model(
        Authenticator,
        _("Second factors"),
        order=88,
        name="second_factors",
        lookup=_OF_USER,
        leave_out=("data",),
        labels=FACTOR_LABELS,
        words={"type": factor_in_words},
    )
)
declare_part(
    of_model(
        UserSession,
        _("Sessions"),
        order=89,
        name="sessions",
        lookup=_OF_USER,
        leave_out=("session_key", "data", "ip"),  # from where is kept of nobody
        labels={
            "created_at": _("since"),
            "last_seen_at": _("last seen"),
            "user_agent": _("browser"),
        },
        words={"user_agent": browser},
    )
)
