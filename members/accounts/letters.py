"""The invitation as a letter: a PDF with the code, and with the link as a QR code."""

from typing import Any

import segno
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.refusals import Blocker, Refused
from members.accounts.inviting import CannotInvite, print_token
from members.accounts.tokens import in_groups
from members.door_models import Invitation
from members.models import Member


def letter_view(admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """The page of a member's letter; the letter itself once it is asked for, with a new code."""
    member: Member = admin.get_object(request, object_id)
    if not admin.may_act(request, member):
        raise PermissionDenied
    mine = Invitation.objects.valid(timezone.now()).filter(member=member)
    invitation = mine.filter(way=Invitation.Way.LETTER).first()
    if invitation is None:
        raise Http404
    refused: tuple[Blocker, ...] = ()
    if request.method == "POST":
        try:
            return _pdf(letter_of(invitation, request.build_absolute_uri("/")), member)
        except Refused as error:
            refused = error.blockers
    context = {
        **admin.admin_site.each_context(request),
        "title": _("Invitation by letter"),
        "opts": admin.opts,
        "member": member,
        "invitation": invitation,
        "refused": refused,
        "back": admin.address_of(member),
    }
    return TemplateResponse(request, "kartei/invitation_letter.html", context)


def letter_of(invitation: Invitation, origin: str) -> bytes:
    """The letter as PDF, with a code that it alone has: one printed before is no longer valid.

    Raises `CannotInvite` if the invitation is not open, or nothing here can make a PDF.
    """
    html = _maker()
    token = print_token(invitation)
    member = invitation.member
    place = origin.rstrip("/")
    link = f"{place}{reverse('invitation-link', args=[token])}"
    address = [member.full_name, member.address]
    if member.locality:
        address.append(f"{member.locality.postcode} {member.locality.name}")
    page = render_to_string(
        "members/accounts/letter.html",
        {
            "lines": [line for line in address if line],
            "member": member,
            "place": f"{place}{reverse('invitation')}",
            "code": in_groups(token),
            "qr": segno.make(link, error="m").svg_inline(scale=3, border=2, light="#fff"),
            "until": timezone.localdate(invitation.valid_until),
            "today": timezone.localdate(),
        },
    )
    made: bytes = html(string=page, url_fetcher=_nothing).write_pdf()
    return made


def _maker() -> Any:
    """What makes PDFs; it needs libraries of the machine, and takes a moment to load."""
    try:
        from weasyprint import HTML
    except (ImportError, OSError) as error:
        reason = _("This machine cannot make a PDF: Pango is missing. Invite by e-mail instead.")
        raise CannotInvite(Blocker(reason)) from error
    return HTML


def _nothing(url: str, *_rest: Any, **_more: Any) -> Any:
    """A letter loads nothing from anywhere."""
    raise ValueError(url)


def _pdf(letter: bytes, member: Member) -> HttpResponse:
    answer = HttpResponse(letter, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="invitation-{member.pk}.pdf"'
    answer["Cache-Control"] = "no-store"
    return answer
