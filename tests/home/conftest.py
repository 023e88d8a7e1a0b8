"""Who looks at the first page of the office."""

import pytest

from tests import factories


@pytest.fixture
def administrator(client):
    account = factories.account(is_staff=True, is_superuser=True)
    client.force_login(account)
    return account
