"""The findings of the whole register, kept for grounds that are too large to look through at once.

A district is looked through while its page waits. At a million members the rules take seconds for
everything: so the whole register is looked through beside the pages, at most every ten minutes and
only while somebody asks, and the pages say as of when they know. A thread does it, since it needs
no service of its own; what it finds stands in the database, for all processes alike.
"""

import logging
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from threading import Thread

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import Sum
from django.utils import timezone

from audit.ground import EVERYWHERE, Ground
from audit.rulebook import Finding, findings
from districts.models import KeptFinding, Survey, Unit

LIVE_UNITS = 300  # a district has fewer; they are looked through while the page waits
FRESH_FOR = timedelta(minutes=10)
GIVEN_UP = timedelta(minutes=30)  # a survey that has not ended by then never will
PATIENCE = 2.0  # seconds that a page waits for the first survey there is
_BATCH = 1_000

_log = logging.getLogger(__name__)


def is_small(ground: Ground) -> bool:
    """Whether `ground` can be looked through while a page waits.

    One query for the whole organisation, none for anything else.
    """
    if ground.everywhere:
        edges = Unit.objects.filter(parent=None).aggregate(edges=Sum("rght"))["edges"] or 0
        return bool(edges <= 2 * LIVE_UNITS)
    units = sum((extent.right - extent.left + 1) // 2 for extent in ground.extents)
    return units <= LIVE_UNITS


def newest_survey() -> Survey | None:
    """The last survey of the whole register; a new one is begun if it is old.

    None while the very first one lasts.
    """
    known = _last()
    if known is not None and known.ended and known.ended > timezone.now() - FRESH_FOR:
        return known
    thread = Thread(target=_in_a_thread, name="survey", daemon=True)
    thread.start()
    if known is None:
        thread.join(PATIENCE)
        known = _last()
    return known


def survey_register() -> Survey | None:
    """Look through the whole register and keep what is found; None if somebody does so already.

    The survey before is kept too, for the pages that are just reading it.
    """
    now = timezone.now()
    Survey.objects.filter(running=True, begun__lt=now - GIVEN_UP).delete()
    try:
        with transaction.atomic():
            survey = Survey.objects.create(begun=now, running=True)
    except IntegrityError:
        return None
    try:
        with transaction.atomic():
            _keep(survey, findings(EVERYWHERE, timezone.localdate(now)))
            survey.ended, survey.running = timezone.now(), None
            survey.save(update_fields=["ended", "running"])
    except BaseException:
        survey.delete()
        raise
    older = Survey.objects.filter(running=None).order_by("-ended").values_list("pk", flat=True)[2:]
    Survey.objects.filter(pk__in=list(older)).delete()
    return survey


def _last() -> Survey | None:
    return Survey.objects.filter(running=None, ended__isnull=False).order_by("-ended").first()


def _in_a_thread() -> None:
    try:
        survey_register()
    except DatabaseError as error:  # the next page that asks begins another
        _log.warning("the survey of the findings broke off: %s", type(error).__name__)
    finally:
        connection.close()


def _keep(survey: Survey, found: Iterator[Finding]) -> None:
    while batch := list(islice(found, _BATCH)):
        codes = {finding.unit for finding in batch if finding.unit}
        units = dict(Unit.objects.filter(code__in=codes).values_list("code", "pk"))
        KeptFinding.objects.bulk_create(
            KeptFinding(
                survey=survey,
                unit_id=units.get(finding.unit),
                rule=finding.rule,
                article_number=int(finding.article[1:]),
                subject=finding.subject,
                since=finding.since,
                given=dict(finding.given),
                mend=finding.mend,
            )
            for finding in batch
        )
