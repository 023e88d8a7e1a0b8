"""What the cells put into the admin: coverage, its part of a unit's page, and requests."""

from cells import coverage_acts, request_admin, unit_coverage  # noqa: F401  # declare to the frames
from districts.findings import declare_subject
from districts.models import Workplace

declare_subject("workplace", Workplace, key="code")
