"""Who may see which poll: those on its roll, its tellers, and who sees its unit's register."""

from typing import cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.http import Http404, HttpRequest

from audit.ground import Ground
from districts.roles import TELL
from districts.scope import ground_of
from elections.models import Poll, RollEntry
from elections.models.polls import PollQuerySet
from members.models import Account, Member


def member_of(request: HttpRequest) -> Member | None:
    """The member whose account asks; None for an account of nobody's."""
    return cast(Account, request.user).member


def is_member(request: HttpRequest) -> bool:
    """Whether the account is a member's; for links that lead to the member's votes."""
    return member_of(request) is not None


def polls_to_see(request: HttpRequest) -> PollQuerySet:
    """The polls at whose board and result whoever asks may look."""
    seen = _holding(ground_of(request)) | _holding(ground_of(request, TELL))
    member = member_of(request)
    if member is not None:
        seen |= Q(Exists(RollEntry.objects.filter(poll=OuterRef("pk"), member=member)))
    return Poll.objects.filter(seen).select_related("question", "unit")


def polls_to_tell(request: HttpRequest) -> PollQuerySet:
    """The polls at whose door whoever asks may stand."""
    held = _holding(ground_of(request, TELL))
    return Poll.objects.filter(held).select_related("question", "unit")


def polls_to_vote(request: HttpRequest) -> PollQuerySet:
    """The polls on whose roll the member who asks stands."""
    member = member_of(request)
    polls = Poll.objects.of(member) if member else Poll.objects.none()
    return polls.select_related("question", "unit")


def one_of(polls: PollQuerySet, code: UUID) -> Poll:
    """The poll with this code among `polls`; raises `Http404` where it is none of them."""
    found = polls.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _holding(ground: Ground) -> Q:
    """The condition that a poll's unit lies in the ground, also when it is the whole."""
    return Q(pk__isnull=False) if ground.everywhere else ground.holds("unit__")
