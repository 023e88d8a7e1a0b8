"""The result of a question over all its polls, once each of them is published."""

from collections.abc import Mapping
from typing import Any

from elections.models import Question
from elections.result_shown import shown
from elections.results import whole_result


def result_in_words(question: Question) -> Mapping[str, Any] | None:
    """What a page of the result shows; None while one poll of the question is not published.

    Eight queries for each poll: the ballots of all of them are counted as one box.
    """
    result = whole_result(question)
    return None if result is None else shown(question, result)
