"""What the cells put into the admin: the acts of the coverage."""

from cells import coverage_acts  # noqa: F401  # declares its acts to the frame
from districts.findings import declare_subject
from districts.models import Workplace

declare_subject("workplace", Workplace, key="code")
