"""A member's meetings under a secret link that calendars follow: made anew and revoked at will.

Only the hash of the link is kept, so it is shown once. Whoever has it reads what, when and where.
"""

import hashlib
import secrets
from datetime import timedelta

from django.utils import timezone

from audit.log import recorded
from elections.meetings.entitled import meetings_of
from elections.models import CalendarFeed, Meeting
from members.models import Member
from members.registrations import lock_member

KEPT = timedelta(days=90)  # of the past, in a calendar
MOST = 300


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@recorded("renew-calendar-link")
def renew_feed(*, member: Member) -> str:
    """Make the link anew and answer its token, 256 bits of chance; the old one leads nowhere."""
    lock_member(member)
    for old in CalendarFeed.objects.filter(member=member):
        old.delete()
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(member=member, token_hash=_hash(token), made_at=timezone.now())
    return token


@recorded("revoke-calendar-link")
def revoke_feed(*, member: Member) -> None:
    """Let the link lead nowhere."""
    for old in CalendarFeed.objects.filter(member=member):
        old.delete()


def member_of_feed(token: str) -> Member | None:
    """Whose link it is; None for one that was revoked, or never was, or of who left. One query."""
    feed = CalendarFeed.objects.filter(token_hash=_hash(token)).select_related("member").first()
    gone = feed and feed.member.left and feed.member.left <= timezone.localdate()
    return feed.member if feed and not gone else None


def feed_of(member: Member) -> list[Meeting]:
    """The meetings that stand in the member's calendar: the last ones, and all to come."""
    recent = meetings_of(member).filter(ends_at__gte=timezone.now() - KEPT)
    return list(recent.order_by("starts_at", "pk")[:MOST])
