"""The elections that others published, in the folder beside the project; none of it is copied."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from elections.counting.contest import Contest
from elections.counting.reading import read_file

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def read_json(path: str) -> Any:
    """A table of published results, or nothing where the folder is missing."""
    file = FOLDER / path
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}


def each(names: Any) -> list[Any]:
    """The parameters of a test over published elections, or one that skips and says why."""
    missing = pytest.mark.skip(reason=f"the published elections are missing: {FOLDER}")
    return list(names) or [pytest.param(None, marks=missing)]


@cache
def published(path: str) -> Contest:
    """The election in a file of the folder; without the file the test is passed over."""
    file = FOLDER / path
    if not file.exists():
        pytest.skip(f"the papers of this election are missing: {file}")
    return read_file(file)
