"""Results: of one poll, of a question over all its polls, and the files that prove them."""

import zipfile
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from districts.roles import TELL
from districts.scope import ground_of
from elections.access import one_of, polls_to_see
from elections.models import Count, Poll, Question
from elections.models.polls import State
from elections.published import files_of, manifest_digest
from elections.result_shown import shown
from elections.results import published, whole_files, whole_result
from elections.steps import turnouts

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "blt": "text/plain; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
_AGES = (1980, 1, 1, 0, 0, 0)  # no day in the zip: the same files give the same bytes


@require_safe
def result(request: HttpRequest, code: UUID) -> HttpResponse:
    """The result of a published poll; before that and after an annulment for those who hold the
    poll, and marked so.
    """
    poll = one_of(polls_to_see(request), code)
    if poll.state != State.PUBLISHED and not _held_back(request, poll):
        raise Http404
    count = Count.objects.filter(poll=poll).exclude(result=None).first()
    if count is None:
        raise Http404  # annulled before it was counted
    files = dict(_written(poll.code)) if poll.state == State.PUBLISHED else {}
    context = {
        "poll": poll,
        "question": poll.question,
        "result": shown(poll.question, count.result or {}),
        "turnout": turnouts([poll]).get(poll.pk),
        "files": sorted(files),
        "manifest": manifest_digest(files),
        "is_public": poll.state == State.PUBLISHED,
    }
    return render(request, "elections/result.html", context)


def _held_back(request: HttpRequest, poll: Poll) -> bool:
    """Whether the result is there for those alone who hold the poll, and whoever asks does.

    As secretary, auditor or teller: of a poll that is counted, or was before it was annulled.
    """
    if poll.state not in (State.COUNTED, State.ANNULLED):
        return False
    place = (poll.unit.tree_id, poll.unit.lft)
    return ground_of(request).has(*place) or ground_of(request, TELL).has(*place)


@require_safe
def question_result(request: HttpRequest, pk: int) -> HttpResponse:
    """The result of a question over all its polls; until then, those that are published."""
    seen = polls_to_see(request).filter(question=OuterRef("pk"))
    question = Question.objects.filter(Exists(seen), pk=pk).select_related("unit").first()
    if question is None:
        raise Http404
    standing = question.polls.exclude(state=State.ANNULLED).select_related("unit", "question")
    polls = list(standing.order_by("unit__tree_id", "unit__lft"))
    ordered = [poll for poll in polls if poll.state == State.PUBLISHED]
    if not ordered:
        raise Http404
    known = turnouts(ordered)
    whole = whole_result(question)
    context = {
        "question": question,
        "result": shown(question, whole) if whole else None,
        "waiting": len(polls) - len(ordered),
        "polls": [(poll, known.get(poll.pk)) for poll in ordered],
        "office": _in_office(request, question),
        "entitled": question.entitled,
        "mine": set(polls_to_see(request).filter(question=pk).values_list("pk", flat=True)),
    }
    return render(request, "elections/question_result.html", context)


def _in_office(request: HttpRequest, question: Question) -> str:
    """The question's page in the office, for those who see it there."""
    if not ground_of(request).has(question.unit.tree_id, question.unit.lft):
        return ""
    return reverse("admin:elections_question_change", args=[question.pk])


@require_safe
def question_files(request: HttpRequest, pk: int) -> HttpResponse:
    """All files of a question over its polls in a zip, for those who see the unit that asks."""
    question = Question.objects.filter(pk=pk).select_related("unit").first()
    files = whole_files(question) if question and _in_office(request, question) else {}
    if not files:
        raise Http404
    return _download(_packed(files), f"question-{pk}.zip", "application/zip")


@require_safe
def one_file(request: HttpRequest, code: UUID, name: str) -> HttpResponse:
    """One of the files of a published poll."""
    files = _files(request, code)
    if name not in files:
        raise Http404
    kind = KINDS[name.rpartition(".")[2]]
    return _download(files[name], name, kind)


@require_safe
def all_files(request: HttpRequest, code: UUID) -> HttpResponse:
    """All files of a published poll in a zip; the same poll gives the same bytes.

    They are stored as they are: another version of a packer would give other bytes.
    """
    return _download(_packed(_files(request, code)), f"poll-{code}.zip", "application/zip")


def _packed(files: Mapping[str, bytes]) -> bytes:
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _AGES), files[name])
    return packed.getvalue()


def _files(request: HttpRequest, code: UUID) -> dict[str, bytes]:
    poll = one_of(polls_to_see(request).filter(state=State.PUBLISHED), code)
    return dict(_written(poll.code))


@lru_cache(maxsize=16)
def _written(code: UUID) -> Mapping[str, bytes]:
    """The files of the published poll with this code: nothing changes them any more."""
    return files_of(published(Poll.objects.select_related("question", "unit").get(code=code)))


def _download(content: bytes, name: str, kind: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})
