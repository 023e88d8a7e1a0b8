"""What a question publishes that was put to several units: its polls' files, and one count of all.

question.json    the polls with the SHA-256 of each one's manifest, and how many were entitled
result.json      the count of all ballots in one box
README.txt       this in words
manifest.json    the SHA-256 of every other file
polls/CODE/...   the files of each poll
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from elections.board import chain
from elections.published.fields import brief
from elections.published.poll import MANIFEST, README, RESULT, PublishedPoll
from elections.published.reading import UnreadablePoll, json_of, poll_of
from elections.published.verifying import differences, manifest_faults, result_faults
from elections.published.writing import digests, files_of, json_text, manifest_digest, result_of
from elections.tallying import PaperTotals, Terms

FORMAT = "kartei-question-1"
QUESTION = "question.json"
FOLDER = "polls"
TEXT = """\
WHAT THIS IS

These are the files of one question that was put to several units, published when the last of
its polls was. From them alone anybody can repeat the count over all of them.

question.json  The title, how many were entitled in all, and for each poll the SHA-256 of its
               manifest. Whoever stands on two rolls is entitled once.
result.json    The result over all polls, with all stages of the count.
polls/         A folder for each poll, with the files that it published by itself; README.txt in
               each says what they are.
manifest.json  The SHA-256 of every other file.

HOW IT IS COUNTED

All ballots are counted as if they lay in one box, in the order of the polls' folders. A quorum or
a majority of all on the roll is taken of 'entitled' in question.json. Where a lot decides it is
drawn with the text

    SEEDS|HEAD

SEEDS are the seeds of all polls in the order of their folders, joined by '|'. HEAD is the last
link of the chain over the receipts of all polls in ascending order, made with the first folder's
name and an empty key as each poll's README.txt says.

    manage.py verify_poll DIRECTORY

verifies each poll, and repeats the count over all of them.
"""


def together(polls: Sequence[PublishedPoll], entitled: int) -> PublishedPoll:
    """Several polls on one question as one, in which `entitled` people could vote.

    All ballots lie in one box. The lot is drawn with the seeds of all polls.
    """
    first, key = polls[0], ""
    totals = [one.totals for one in polls if one.totals is not None]
    receipts = sorted(receipt for one in polls for receipt in one.receipts)
    return replace(
        first,
        entitled=entitled,
        checked_off_online=sum(one.checked_off_online for one in polls),
        checked_off_on_paper=sum(one.checked_off_on_paper for one in polls),
        public_key=key,
        seed="|".join(one.seed for one in polls),
        chain_head=chain(first.identity, key, receipts)[-1],
        receipts=tuple(receipts),
        ballots=tuple(ballot for one in polls for ballot in one.ballots),
        totals=_sum(totals) if totals else None,
        invalid_papers=sum(one.invalid_papers for one in polls),
    )


def _sum(totals: Sequence[PaperTotals]) -> PaperTotals:
    return PaperTotals(
        votes=tuple(map(sum, zip(*(one.votes for one in totals), strict=True))),
        papers=sum(one.papers for one in totals),
        blank=sum(one.blank for one in totals),
        invalid=sum(one.invalid for one in totals),
    )


def question_files(polls: Sequence[PublishedPoll], entitled: int) -> dict[str, bytes]:
    """The files of a question by name; `polls` in the order of their identities."""
    each = {poll.identity: files_of(poll) for poll in polls}
    about = {
        "format": FORMAT,
        "title": polls[0].title,
        "entitled": entitled,
        "polls": {identity: manifest_digest(files) for identity, files in each.items()},
    }
    files = {
        QUESTION: json_text(about).encode(),
        RESULT: json_text(result_of(together(polls, entitled))).encode(),
        README: TEXT.encode(),
    }
    for identity, own in each.items():
        files |= {f"{FOLDER}/{identity}/{name}": content for name, content in own.items()}
    files[MANIFEST] = json_text(digests(files)).encode()
    return files


# Verifying ---------------------------------------------------------------------------------------


def is_question(files: Mapping[str, bytes]) -> bool:
    """Whether these are the files of a question over several polls."""
    return QUESTION in files


def question_differences(files: Mapping[str, bytes]) -> list[str]:
    """All that does not agree in a question's files; see `differences`. Never raises."""
    found = list(manifest_faults(files))
    about, problems = json_of(files, QUESTION)
    found += problems
    folders = _folders(files)
    if about is None or not _is_whole(about):
        return [*found, f"{QUESTION}: this is not the form in which it is published."]
    found += _unlisted(files, folders, about["polls"])
    polls = []
    for identity in sorted(about["polls"]):
        own = folders.get(identity, {})
        found += [f"{FOLDER}/{identity}/{told}" for told in differences(own)]
        if manifest_digest(own) != about["polls"][identity]:
            found.append(f"{QUESTION}: the manifest of {identity} is another one.")
        try:
            polls.append(poll_of(own))
        except UnreadablePoll:
            continue  # `differences` has named what is wrong
    if len(polls) == len(about["polls"]):
        found += _as_one(files, polls, about)
    return list(dict.fromkeys(found))


def _folders(files: Mapping[str, bytes]) -> dict[str, dict[str, bytes]]:
    found: dict[str, dict[str, bytes]] = {}
    for name, content in files.items():
        folder, _slash, rest = name.partition("/")
        identity, slash, own = rest.partition("/")
        if folder == FOLDER and slash:
            found.setdefault(identity, {})[own] = content
    return found


def _is_whole(about: Mapping[str, Any]) -> bool:
    polls = about.get("polls")
    return (
        set(about) == {"format", "title", "entitled", "polls"}
        and about["format"] == FORMAT
        and isinstance(about["title"], str)
        and type(about["entitled"]) is int
        and isinstance(polls, dict)
        and bool(polls)
        and all(isinstance(digest, str) for digest in polls.values())
    )


def _unlisted(
    files: Mapping[str, bytes], folders: Mapping[str, Any], polls: Mapping[str, str]
) -> Iterator[str]:
    own = {QUESTION, RESULT, README, MANIFEST}
    for name in sorted(files):
        if name not in own and not name.startswith(f"{FOLDER}/"):
            yield f"{brief(name)} is no file that a question publishes."
    for identity in sorted(folders.keys() - polls.keys()):
        yield f"{FOLDER}/{brief(identity)} is there and not listed in {QUESTION}."
    for identity in sorted(polls.keys() - folders.keys()):
        yield f"{FOLDER}/{brief(identity)} is missing."


def _as_one(
    files: Mapping[str, bytes], polls: Sequence[PublishedPoll], about: Mapping[str, Any]
) -> Iterator[str]:
    first = polls[0]
    same = [field.name for field in fields(Terms) if field.name != "entitled"]
    for poll in polls:
        for name in same:
            if getattr(poll, name) != getattr(first, name):
                yield f"{FOLDER}/{poll.identity}/poll.json: '{name}' is not that of the others."
    if about["title"] != first.title:
        yield f"{QUESTION}: 'title' is not that of the polls."
    entitled, rolls = about["entitled"], [poll.entitled for poll in polls]
    if not max(rolls) <= entitled <= sum(rolls):
        least, most = max(rolls), sum(rolls)
        yield f"{QUESTION}: {entitled} were entitled; by the rolls it is {least} to {most}."
    whole = together(polls, entitled)
    if whole.checked_off > entitled:
        yield f"{QUESTION}: {whole.checked_off} were checked off, and {entitled} were entitled."
    try:
        computed = {RESULT: json_text(result_of(whole)).encode()}
        unlike = files_unlike(files, polls, entitled)
    except (ValueError, ArithmeticError, LookupError, TypeError) as error:
        yield f"{RESULT}: these polls cannot be counted as one: {error}."
        return
    yield from unlike
    yield from result_faults(files, computed)


def files_unlike(
    files: Mapping[str, bytes], polls: Sequence[PublishedPoll], entitled: int
) -> list[str]:
    """Which of the question's own files are not as they are written for these polls."""
    written = question_files(polls, entitled)
    return [
        f"{name} is not as written." if name in files else f"{name} is missing."
        for name in (QUESTION, README)
        if files.get(name) != written[name]
    ]
