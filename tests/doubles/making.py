"""People who are alike, and the page of the pairs."""

from datetime import date

from django.urls import reverse

from members.likeness import Known
from tests import factories

DAY = date(1990, 5, 1)
ON = date(2024, 3, 1)
PAGE = reverse("admin:members_member_doubles")


def known(search="novak eva", born=DAY, email=""):
    return Known(1, search, born, email)


def person(cell, name="Novak", given_name="Eva", born=DAY, **fields):
    return factories.member(cell=cell, family_name=name, given_name=given_name, born=born, **fields)


def shown(client, address=PAGE):
    answer = client.get(address)
    assert answer.status_code == 200
    pairs = answer.context_data.get("pairs", [])
    return answer, [[one["member"].pk for one in pair["members"]] for pair in pairs]
