"""Withdrawing a question as a page."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.utils.translation import ngettext

from audit.refusals import Blocker
from districts.acts import Act, Outcome, Text, act_on, sentence
from elections.models import Question
from elections.models.polls import State
from elections.withdrawing import withdraw_question, withdrawing_blockers


@act_on(Question)
class WithdrawQuestion(Act):
    """Withdraw the question."""

    name = "withdraw-question"
    title = lazy("Withdraw the question")
    explanation = lazy(
        "For a question that was raised by mistake, or an election that is called off. It is kept "
        "with its choices and its polls, and takes no further step. Polls that are drafted are "
        "annulled; those under way are annulled before, each for itself. This cannot be taken back."
    )
    icon = "cancel"
    grave = True
    order = 90

    @classmethod
    def applies_to(cls, target: Question, on: date) -> bool:
        return not target.is_withdrawn

    def adapt(self) -> None:
        self.fields["on"].label = lazy("Withdrawn on")
        self.fields["reason"].required = True
        self.fields["reason"].help_text = lazy("Kept with the question, for all who see it.")

    def facts(self) -> Iterable[tuple[Text, Any]]:
        yield lazy("Question"), self.target
        yield lazy("Raised by"), self.target.unit

    def foreseen(self) -> Iterable[Blocker]:
        return withdrawing_blockers(self.target)

    def unusual(self, target: Question) -> Iterator[Text]:
        yield from super().unusual(target)
        if target.polls.filter(state=State.PUBLISHED).exists():
            yield _(
                "A result has been published. It stays to be seen, and nothing follows from it."
            )

    def foretold(self, target: Question) -> Iterator[Text]:
        drafted = target.polls.filter(state=State.DRAFTED).count()
        if drafted:
            text = ngettext(
                "%(number)s drafted poll is annulled.",
                "%(number)s drafted polls are annulled.",
                drafted,
            )
            yield text % {"number": drafted}

    def perform(self, target: Question) -> Outcome:
        reason = self.cleaned_data["reason"]
        question = withdraw_question(question=target, on=self.day, because=reason)
        text = _("Withdrawn on %(day)s: %(question)s.")
        return Outcome(question, sentence(text, day=self.day, question=question))
