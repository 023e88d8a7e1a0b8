"""What the cells put into the admin: the acts of the coverage, and its part of a unit's page."""

from cells import coverage_acts, unit_coverage  # noqa: F401  # declare to the frames
from districts.findings import declare_subject
from districts.models import Workplace

declare_subject("workplace", Workplace, key="code")
