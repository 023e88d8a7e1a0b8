"""Work and detachments of members, and where they are told to belong."""

from datetime import date, timedelta

from audit.ground import EVERYWHERE
from audit.rulebook import findings
from cells.placement import advice_for
from members.models import Employment, Request

DAY = date(2026, 3, 31)
JOINED = date(2022, 1, 1)


def work(member, workplace, since=date(2023, 1, 1), until=None, standing="main"):
    return Employment.objects.create(
        member=member, workplace=workplace, since=since, until=until, standing=standing
    )


def detach(member, unit, takes_effect, state="granted"):
    granted = state == "granted"
    return Request.objects.create(
        kind="detachment",
        member=member,
        unit=unit,
        asked_on=takes_effect - timedelta(days=20),
        due_on=takes_effect,
        state=state,
        decided_on=takes_effect if state != "asked" else None,
        takes_effect=takes_effect if granted else None,
    )


def told(member, on=DAY):
    """Why the member belongs where, the article, and the cell's key."""
    advice = advice_for(member, on)
    return advice and (advice.why, advice.article, advice.cell)


def placed_findings(ground=EVERYWHERE, on=DAY):
    names = {
        *("factory-cell", "responsible-cell", "street-cell", "locality-known"),
        *("unemployed-stay", "joint-cell"),
    }
    found = [finding for finding in findings(ground, on) if finding.rule in names]
    return [(one.article, one.rule, one.unit, one.subject, one.since) for one in found]
