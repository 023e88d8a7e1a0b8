"""The code at the door, and the secret link to a calendar."""

import pytest

from elections.meetings.feeds import feed_of, member_of_feed, renew_feed, revoke_feed
from elections.meetings.passes import (
    LENGTH,
    VALID_FOR,
    BadPass,
    looks_like_pass,
    new_pass,
    read_pass,
)
from elections.models import CalendarFeed, Meeting
from tests import factories
from tests.meetings import making


class TestPasses:
    meeting = Meeting(pk=7)

    def made(self, **fields):
        return new_pass(**{"meeting": 7, "member": 1042, "now": 1000.0, **fields})

    def test_it_names_the_member_for_a_quarter_of_an_hour(self):
        assert read_pass(self.made(), self.meeting, now=1000.0).member == 1042
        assert read_pass(self.made(), self.meeting, now=1000.0 + VALID_FOR).member == 1042
        with pytest.raises(BadPass, match="too old"):
            read_pass(self.made(), self.meeting, now=1001.0 + VALID_FOR)

    @pytest.mark.parametrize("number", [0, 1, 2**63 - 1])
    def test_it_is_a_number_of_one_length(self, number):
        code = self.made(member=number)
        assert looks_like_pass(code)
        assert len(code) == LENGTH
        assert read_pass(code, self.meeting, now=1000.0).member == number

    def test_it_is_for_one_meeting(self):
        with pytest.raises(BadPass, match="another meeting"):
            read_pass(self.made(meeting=8), self.meeting, now=1000.0)

    @pytest.mark.parametrize("place", [1, 20, 40, 60, 77])
    def test_no_digit_can_be_changed(self, place):
        code = self.made()
        digit = "1" if code[place] == "0" else "0"
        with pytest.raises(BadPass, match="no code"):
            read_pass(code[:place] + digit + code[place + 1 :], self.meeting, now=1000.0)

    @pytest.mark.parametrize("text", ["", "x", "-1", "9" * LENGTH, "9" * 200])
    def test_anything_else_is_no_code(self, text):
        with pytest.raises(BadPass, match="no code"):
            read_pass(text, self.meeting, now=1000.0)

    @pytest.mark.parametrize("text", ["1042", "Müller", "٣" * LENGTH, "1" * (LENGTH - 1)])
    def test_a_name_or_a_number_does_not_look_like_one(self, text):
        assert not looks_like_pass(text)


@pytest.mark.django_db
class TestFeeds:
    def test_the_link_leads_to_its_member_until_it_is_renewed_or_revoked(self):
        member = factories.member(cell=factories.town().factory_cell)
        first = renew_feed(member=member)
        assert member_of_feed(first) == member
        assert first not in CalendarFeed.objects.get().token_hash
        second = renew_feed(member=member)
        assert member_of_feed(first) is None
        assert member_of_feed(second) == member
        revoke_feed(member=member)
        assert member_of_feed(second) is None

    def test_the_hash_leads_nowhere(self):
        renew_feed(member=factories.member(cell=factories.town().factory_cell))
        assert member_of_feed(CalendarFeed.objects.get().token_hash) is None

    def test_what_stands_in_it(self):
        town = factories.town()
        member = factories.member(cell=town.factory_cell)
        coming = making.meeting(town.district)
        recent = making.held(town.factory_cell, days_ago=10)
        making.held(town.factory_cell, days_ago=200)
        making.meeting(town.street_cell)
        assert feed_of(member) == [recent, coming]
