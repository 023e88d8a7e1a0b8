"""A secretary at the browser, and the files that he or she brings."""

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from audit.imports.models import ImportJob
from audit.tables import tables
from districts.roles import SECRETARY, grant_role
from members.models import Member
from tests import factories

State = ImportJob.State
HEAD = ",".join(
    column.name for column in next(one for one in tables() if one.name == "members").columns
)


def members_csv(*rows: tuple[int, str]) -> bytes:
    lines = [f"{number},{name},,,,,,,2021-01-01,," for number, name in rows]
    return ("\n".join([HEAD, *lines]) + "\n").encode()


def packed(files: dict[str, bytes], **options) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


class Office:
    """A district with two members, and its secretary at the browser."""

    def __init__(self, client):
        self.client = client
        self.town = factories.town()
        self.one = factories.member(cell=self.town.factory_cell, family_name="One")
        self.two = factories.member(cell=self.town.factory_cell, family_name="Two")
        self.secretary = factories.account()
        grant_role(user=self.secretary, role=SECRETARY, unit=self.town.district)
        client.force_login(self.secretary)

    def upload(self, *files: tuple[str, bytes]):
        uploads = [SimpleUploadedFile(name, data) for name, data in files]
        return self.client.post(reverse("imports"), {"files": uploads})

    def bring(self, *files: tuple[str, bytes]) -> ImportJob:
        answer = self.upload(*files)
        assert answer.status_code == 302, answer.content.decode()
        return ImportJob.objects.latest("pk")

    def page(self, job: ImportJob, **query) -> str:
        answer = self.client.get(reverse("import", args=[job.pk]), query)
        assert answer.status_code == 200
        return answer.content.decode()

    def act(self, job: ImportJob, action: str) -> ImportJob:
        job.refresh_from_db()
        address = reverse("import", args=[job.pk])
        self.client.post(address, {"action": action, "seen": job.digest})
        job.refresh_from_db()
        return job


def names() -> list[str]:
    return list(Member.objects.order_by("pk").values_list("family_name", flat=True))
