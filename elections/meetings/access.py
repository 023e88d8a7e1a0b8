"""Who may see which meeting: those entitled, and who sees its unit's register; who its door."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache

from audit.ground import Ground
from districts.roles import CHANGE, TELL
from districts.scope import ground_of, holds_any
from elections.access import member_of
from elections.meetings.entitled import meetings_of
from elections.models import Meeting
from elections.models.meetings import MeetingQuerySet

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def my_meetings(request: HttpRequest) -> MeetingQuerySet:
    """The meetings of the member who asks."""
    member = member_of(request)
    return meetings_of(member) if member else Meeting.objects.none()


def meetings_to_see(request: HttpRequest) -> MeetingQuerySet:
    """The meetings whose page, with agenda and minutes, whoever asks may look at."""
    seen = _holding(ground_of(request))
    mine = my_meetings(request).order_by()
    return Meeting.objects.filter(seen | Q(pk__in=mine.values("pk"))).select_related("unit")


def meetings_at_door(request: HttpRequest) -> MeetingQuerySet:
    """The meetings at whose door whoever asks may stand: tellers, and who keeps the register."""
    held = _holding(ground_of(request, TELL)) | _holding(ground_of(request, CHANGE))
    return Meeting.objects.filter(held).select_related("unit")


def is_at_doors(request: HttpRequest) -> bool:
    """Whether whoever asks stands at any door."""
    return holds_any(ground_of(request, TELL)) or holds_any(ground_of(request, CHANGE))


def for_doorkeepers(view: View[P]) -> View[P]:
    """A page for the door: 403 for everybody else, and no browser keeps it, as it names people."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not is_at_doors(request):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return never_cache(guarded)


def one_meeting(meetings: MeetingQuerySet, code: str) -> Meeting:
    """The meeting with this code among `meetings`; raises `Http404` where it is none of them."""
    found = meetings.filter(code=code).first()
    if found is None:
        raise Http404
    return found


def _holding(ground: Ground) -> Q:
    """The condition that a meeting's unit lies in the ground, also when it is the whole."""
    return Q(pk__isnull=False) if ground.everywhere else ground.holds("unit__")
