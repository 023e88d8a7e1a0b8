"""The acts on accounts as pages: inviting members, a new address, a lost second factor."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from audit.refusals import Blocker
from districts.acts import Act, LineInput, Outcome, Text, act_on, sentence
from members.accounts.addresses import address_blockers, ask_address_by_office
from members.accounts.inviting import invitation_blockers, invite_to_portal, revoke_invitations
from members.accounts.resetting import (
    ask_reset,
    asking_blockers,
    confirm_reset,
    confirming_blockers,
    open_reset,
)
from members.admin_acts import MemberAct
from members.door_models import Invitation
from members.models import Account, Member

Way = Invitation.Way


class Undated:
    """An act that is done when it is done."""

    fields: dict[str, Any]

    def adapt(self) -> None:
        super().adapt()  # type: ignore[misc]
        self.fields["on"].disabled = True
        self.fields["on"].widget = forms.HiddenInput()


class Inviting(Undated, MemberAct):
    """An invitation to an account in the portal."""

    icon = "mail"
    order = 80
    what_if = False
    looked_at = False
    way: str

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return not any(invitation_blockers(target, cls.way))

    def foreseen(self) -> Iterable[Blocker]:
        return invitation_blockers(self.target, self.way) if self.target else ()

    def invited(self, target: Member, text: str, address: str = "") -> Outcome:
        """Invite `target`; what was done, and where to go then."""
        made = invite_to_portal(
            member=target,
            way=self.way,
            by=self.request.user,
            origin=self.request.build_absolute_uri("/"),
        )
        told = sentence(text, member=target, day=made.valid_until.date())
        return Outcome(target, told, address)


@act_on(Member)
class InviteByMail(Inviting):
    """Send the invitation to the e-mail address in the register."""

    name = "invite-to-portal"
    title = lazy("Invite to the portal")
    explanation = lazy(
        "An e-mail with a link goes to the address in the register. The link makes one account for "
        "this member, once, within thirty days. An earlier invitation is no longer valid."
    )
    bulk = True
    way = Way.MAIL

    def perform(self, target: Member) -> Outcome:
        return self.invited(target, _("Invited to the portal by e-mail, until %(day)s."))


@act_on(Member)
class InviteByLetter(Inviting):
    """Print the invitation as a letter."""

    name = "invite-by-letter"
    title = lazy("Invite to the portal by letter")
    explanation = lazy(
        "A letter with a code makes one account for this member, once, within thirty days; you "
        "print it on the next page. An earlier invitation is no longer valid."
    )
    way = Way.LETTER

    def perform(self, target: Member) -> Outcome:
        address = reverse("admin:members_member_letter", args=[target.pk])
        return self.invited(target, _("Invited to the portal by letter, until %(day)s."), address)


@act_on(Member)
class RevokeInvitation(Undated, MemberAct):
    """Let the open invitation lead nowhere."""

    name = "revoke-invitation"
    title = lazy("Revoke the invitation")
    explanation = lazy("The link and the code of the letter let nobody in any more.")
    icon = "unsubscribe"
    order = 82
    what_if = False
    looked_at = False

    @classmethod
    def applies_to(cls, target: Member, on: date) -> bool:
        return Invitation.objects.open().filter(member=target).exists()

    def perform(self, target: Member) -> Outcome:
        revoke_invitations(member=target)
        return Outcome(target, _("The invitation was revoked."))


class OnAccount(Undated, Act):
    """An act on how somebody logs in."""

    looked_at = False

    @classmethod
    def applies_to(cls, target: Account, on: date) -> bool:
        return target.is_open

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Account"), self.target
        if self.target.member:
            yield lazy("Member"), self.target.member


@act_on(Account)
class SetAddress(OnAccount):
    """Ask for another address with which the account logs in."""

    name = "set-address"
    title = lazy("Change the address for the login")
    explanation = lazy(
        "A link goes to this e-mail address. Once it was opened, within two days, the account logs "
        "in with it, and a forgotten password is replaced by a link to it. The old address is "
        "told, and so is the member's own page. Make sure that it is the member who asks."
    )
    icon = "alternate_email"
    order = 60
    address = forms.EmailField(label=lazy("E-mail"), widget=LineInput(type="email"))

    def trespasses(self, target: Account) -> Iterator[Blocker]:
        if target.pk == getattr(self.request.user, "pk", None):
            yield Blocker(_("You change your own address under 'My account'."))
        if target.is_superuser and not getattr(self.request.user, "is_superuser", False):
            yield Blocker(_("An administrator's address is changed by administrators."))
        yield from address_blockers(target, self.cleaned_data["address"])

    def perform(self, target: Account) -> Outcome:
        ask_address_by_office(
            account=target,
            address=self.cleaned_data["address"],
            origin=self.request.build_absolute_uri("/"),
        )
        return Outcome(target, _("A link is on its way to the new address."))


@act_on(Account)
class AskReset(OnAccount):
    """Ask for the reset of a lost second factor."""

    name = "ask-factor-reset"
    title = lazy("Second factor lost")
    explanation = lazy(
        "You ask for the reset, and another secretary confirms it within seven days. Then all "
        "passkeys, codes and sessions of the account end, and a new factor is set up at the next "
        "login. Make sure that it is the member who asks."
    )
    icon = "phonelink_erase"
    order = 70
    grave = True

    @classmethod
    def applies_to(cls, target: Account, on: date) -> bool:
        return super().applies_to(target, on) and open_reset(target) is None

    def foreseen(self) -> Iterable[Blocker]:
        return asking_blockers(self.target, self.request.user)

    def perform(self, target: Account) -> Outcome:
        ask_reset(account=target, by=self.request.user)
        return Outcome(target, _("The reset waits for another secretary."))


@act_on(Account)
class ConfirmReset(OnAccount):
    """Do the reset that another secretary asked for."""

    name = "confirm-factor-reset"
    title = lazy("Reset the second factor")
    explanation = lazy(
        "All passkeys, codes and sessions of the account end, and a new factor is set up at the "
        "next login. Whoever logged in with a passkey alone takes 'Forgotten the password?' first. "
        "Make sure yourself that it is the member who asked."
    )
    icon = "phonelink_erase"
    order = 71
    grave = True

    @classmethod
    def applies_to(cls, target: Account, on: date) -> bool:
        return super().applies_to(target, on) and open_reset(target) is not None

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield from super().facts()
        asked = open_reset(self.target)
        if asked is not None:
            yield lazy("Asked by"), asked.asked_by

    def foreseen(self) -> Iterable[Blocker]:
        return confirming_blockers(self.target, self.request.user)

    def perform(self, target: Account) -> Outcome:
        confirm_reset(account=target, by=self.request.user)
        return Outcome(target, _("The second factor was reset."))
