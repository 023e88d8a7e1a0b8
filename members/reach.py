"""The units that may have a finding on a member, for what an act would mean for the articles."""

from collections.abc import Collection, Iterable

from districts.what_if import reaches_units
from members.models import Member, Registration


@reaches_units
def units_of(numbers: Collection[int]) -> Iterable[int]:
    """Where the members are, were or will be registered, and where they live. One query."""
    held = Registration.objects.filter(member__in=numbers)
    lived = Member.objects.filter(pk__in=numbers, locality__unit__isnull=False).order_by()
    units = held.order_by().values_list("unit").union(lived.values_list("locality__unit"))
    return [unit for (unit,) in units]
