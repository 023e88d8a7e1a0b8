"""The proofs under load in a small version; `make prove` runs them with ten thousand members."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

from proofs.machines import binaries

pytestmark = pytest.mark.postgres

MEMBERS = 60


@pytest.fixture(scope="module", autouse=True)
def server_programs():
    try:
        binaries()
    except SystemExit as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(missing))


@pytest.mark.parametrize("name", ["load", "control", "server", "database"])
def test_one_vote_each_whatever_happens(name):
    """`control` is the negative one: without the constraint some vote twice."""
    done = subprocess.run(
        [sys.executable, "-m", "proofs.votes", "--members", str(MEMBERS), "--only", name],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
