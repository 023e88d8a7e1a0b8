"""What is answered while the database is away."""

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from members import views
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("error", "status"), [(OperationalError, 503), (InterfaceError, 503), (ValueError, 500)]
)
def test_a_database_that_is_away_is_a_matter_of_a_moment(monkeypatch, error, status):
    client = Client(raise_request_exception=False)
    client.force_login(factories.account())

    def away(request):
        raise error("secret particulars")

    monkeypatch.setattr(views, "panels", away)
    answer = client.get("/")
    assert answer.status_code == status
    assert "secret particulars" not in answer.content.decode()
    assert answer.has_header("Retry-After") is (status == 503)
