"""What is logged of the people, and which unit an entry concerns."""

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from audit.log import log_changes
from members.accounts.factor_names import FACTOR_LABELS, factor_in_words
from members.models import (
    Account,
    EarlierMembership,
    Employment,
    FactorReset,
    FormerNumber,
    Invitation,
    Member,
    NotTheSame,
    Registration,
    Request,
)
from members.registrations import HOME


def home_of(number: int | None) -> int | None:
    """The unit that answers for a member: the last home cell, or else the place of residence.

    A former number counts as the one that it leads to. One query, or two for somebody who was never
    registered, or five for a former number.
    """
    if number is None:
        return None
    homes = Registration.objects.filter(member=number, kind=HOME).order_by("-since")
    unit = homes.values_list("unit", flat=True).first()
    if unit is not None:
        return unit
    place = Member.objects.filter(pk=number).values_list("locality__unit").first()
    if place is not None:
        return place[0]
    former = FormerNumber.objects.filter(number=number).values_list("member", flat=True).first()
    return home_of(former)


log_changes(
    Member,
    table="members",
    key=lambda member: member.pk,
    unit=lambda member: home_of(member.pk),
    member=lambda member: member.pk,
    leave_out=("search",),
)
log_changes(
    Registration,
    table="registrations",
    key=lambda row: f"{row.member_id}/{row.kind}/{row.since}",
    unit=lambda row: row.unit_id,
    member=lambda row: row.member_id,
)
log_changes(
    Employment,
    table="employments",
    key=lambda row: f"{row.member_id}/{row.workplace_id}/{row.since}",
    unit=lambda row: home_of(row.member_id),
    member=lambda row: row.member_id,
)
log_changes(
    EarlierMembership,
    table="earlier_memberships",
    key=lambda row: f"{row.member_id}/{row.since}",
    unit=lambda row: home_of(row.member_id),
    member=lambda row: row.member_id,
)
log_changes(
    Account,
    table="accounts",
    key=lambda account: account.pk,
    name=lambda account: account.username,
    unit=lambda account: home_of(account.member_id),
    member=lambda account: account.member_id,
    leave_out=("last_login", "handle", "sessions_ended", "codes_to_keep"),
    secret=("password", "email"),
)
log_changes(
    FormerNumber,
    table="former_numbers",
    key=lambda former: former.number,
    unit=lambda former: home_of(former.member_id),
    member=lambda former: former.member_id,
)
log_changes(
    NotTheSame,
    table="not_the_same",
    key=lambda pair: f"{pair.member_id}/{pair.other_id}",
    unit=lambda pair: home_of(pair.member_id),
    member=lambda pair: pair.member_id,
)
log_changes(
    Request,
    table="requests",
    key=lambda row: row.pk,
    unit=lambda row: row.unit_id,
    member=lambda row: row.member_id,
)
log_changes(
    Invitation,
    table="portal_invitations",
    key=lambda row: row.pk,
    unit=lambda row: home_of(row.member_id),
    member=lambda row: row.member_id,
    leave_out=("token_hash", "sent_at", "failed_at"),
)
log_changes(
    Authenticator,
    table="second_factors",
    key=lambda row: row.pk,
    unit=lambda row: home_of(row.user.member_id),
    member=lambda row: row.user.member_id,
    leave_out=("last_used_at", "data"),
    title=_("second factor"),
    labels=FACTOR_LABELS,
    words={"type": factor_in_words},
)
log_changes(
    FactorReset,
    table="factor_resets",
    key=lambda row: row.pk,
    unit=lambda row: home_of(row.account.member_id),
    member=lambda row: row.account.member_id,
)
