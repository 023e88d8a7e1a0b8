"""The pictures in docs/pictures: what the program looks like, with people who are made up.

Makes a small town in a database that is thrown away, serves it on a free port of this machine, and
drives the Chromium that `CHROMIUM` names. Neither the register nor `.env` is read or changed.
Exits with 1 where a page does not answer as it should, or a picture is larger than it may be.
"""

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
MEMBERS = 600
LARGEST = 150_000  # bytes
COLOURS = 96
PATIENCE = 30  # seconds for the server to answer
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 860}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 780}, "device_scale_factor": 2}


@dataclass(frozen=True, slots=True)
class Town:
    """What the pictures show: where it is, and who logs in how."""

    passwords: dict[str, str]
    unit: int
    result: str
    poll: str
    member: str


def main() -> int:
    from playwright.sync_api import Error

    with tempfile.TemporaryDirectory() as folder:
        settle(Path(folder))
        town = build(Path(folder))
        with served() as address:
            try:
                return report(taken(address, town))
            except Error as error:
                sys.stderr.write(f"{error.message}\n")
                return 1


def settle(folder: Path) -> None:
    """Let this process and the server know nothing but a database in the folder."""
    os.environ.update(
        # No secret: it seals the made-up town's sessions, for a minute.
        SECRET_KEY="for-pictures-alone",  # noqa: S106
        ENV_FILE=os.devnull,
        DATABASE_URL=f"sqlite:///{folder}/town.sqlite3",
        EMAIL_URL="dummymail://",
        DJANGO_SETTINGS_MODULE="config.settings",
        DEBUG="on",
        HTTPS="off",
        SECOND_FACTOR="off",
    )
    sys.path.insert(0, str(ROOT))


def build(folder: Path) -> Town:
    """Fill the database; what is kept of the accounts goes into the folder too."""
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.BASE_DIR = folder
    call_command("migrate", verbosity=0)
    with Path(os.devnull).open("w") as nowhere:
        call_command("demo", members=MEMBERS, stdout=nowhere)
        call_command("demo_accounts", stdout=nowhere)
    return look(folder / "var" / "demo-accounts.txt")


def look(accounts: Path) -> Town:
    from elections.models import Poll
    from members.models import Registration

    lines = [line.split("\t") for line in accounts.read_text(encoding="utf-8").splitlines()]
    home = Registration.objects.select_related("member", "unit__parent").get(
        member__account__email="member@example.org", kind="home", until=None
    )
    cell, district = home.unit, home.unit.parent
    return Town(
        passwords={address: password for address, password, _purpose in lines},
        unit=district.pk,
        result=str(Poll.objects.get(unit=district, state="published").code),
        poll=str(Poll.objects.get(unit=cell, state="open").code),
        member=home.member.full_name,
    )


@contextmanager
def served() -> Iterator[str]:
    """The address of a server that runs as long as it is needed."""
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "runserver", f"127.0.0.1:{port}", "--noreload"]
    quiet = subprocess.DEVNULL
    # The command is this script's own.
    server = subprocess.Popen(command, cwd=ROOT, stdout=quiet, stderr=quiet)  # noqa: S603  # nosec B603
    try:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            with closing(socket.socket()) as asking:
                if asking.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def taken(address: str, town: Town) -> Iterator[tuple[str, bytes]]:
    """Each picture by its name, as the browser makes it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or None,
            args=["--no-sandbox"],  # it does not start as root; the pages are our own
        )
        yield from _desk(browser, address, town)
        yield from _phone(browser, address, town)
        browser.close()


def _desk(browser: "Browser", address: str, town: Town) -> Iterator[tuple[str, bytes]]:
    office = _logged_in(browser, address, town, "secretary", **DESK)
    yield "office", _shown(office, "/admin/")
    yield "unit", _shown(office, f"/admin/districts/unit/{town.unit}/change/")
    reader = _logged_in(browser, address, town, "member", **DESK)
    _shown(reader, f"/votes/{town.result}/result/")
    reader.get_by_role("heading", name="The count").evaluate("(one) => one.scrollIntoView()")
    yield "result", reader.screenshot()


def _phone(browser: "Browser", address: str, town: Town) -> Iterator[tuple[str, bytes]]:
    member = _logged_in(browser, address, town, "member", **PHONE)
    yield "portal", _shown(member, "/my/")
    yield "ballot", _shown(member, f"/votes/{town.poll}/")
    door = _logged_in(browser, address, town, "teller1", **PHONE)
    _shown(door, f"/tell/{town.poll}/")
    door.get_by_role("searchbox").fill(town.member)
    door.get_by_role("searchbox").press("Enter")
    door.get_by_role("button", name="Check off").wait_for()
    yield "door", door.screenshot()


def _logged_in(browser: "Browser", address: str, town: Town, name: str, **screen: Any) -> "Page":
    page = browser.new_context(base_url=address, locale="en-GB", **screen).new_page()
    account = f"{name}@example.org"
    page.goto("/login/")
    page.get_by_label("E-mail").fill(account)
    page.get_by_label("Password").fill(town.passwords[account])
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda url: "/login/" not in url)
    return page


def _shown(page: "Page", path: str) -> bytes:
    answer = page.goto(path, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise SystemExit(f"{path} does not answer as it should")
    return page.screenshot()


def report(pictures: Iterator[tuple[str, bytes]]) -> int:
    """Keep the pictures, and say how large they are; 1 if one is too large."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    wrong = 0
    for name, picture in pictures:
        small = shrunk(picture)
        (PICTURES / f"{name}.png").write_bytes(small)
        wrong |= len(small) > LARGEST
        sys.stdout.write(f"docs/pictures/{name}.png: {len(small) // 1000} kB\n")
    return wrong


def shrunk(picture: bytes) -> bytes:
    """The same picture with few colours, which is what pages have."""
    from PIL import Image

    kept = io.BytesIO()
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(kept, "PNG", optimize=True)
    return kept.getvalue()


if __name__ == "__main__":
    sys.exit(main())
