"""Those who vote in the proof: members in their browsers, and a teller at a door, over HTTP."""

import http.client
import re
import time
from typing import Any, NamedTuple
from urllib.parse import urlencode

TOKEN = "t" * 32  # of the form and of the cookie alike
PATIENCE = 90  # seconds for an answer, over all that happens to the server
_RECEIPT = re.compile(r"[0-9a-f]{64}")
_TAGS = re.compile(r"<[^>]*>|\s+")


class Outcome(NamedTuple):
    """How a try ended: 'voted' or 'refused', the receipt, and what should not have happened."""

    answer: str
    receipt: str = ""
    wrong: str = ""

    def plain(self) -> tuple[str, str, str]:
        """The same as plain values, to pass on to another process."""
        return (self.answer, self.receipt, self.wrong)


class Client:
    """Somebody with a session. While it is `calm` a failure is wrong; else it is tried again."""

    def __init__(self, ground: dict[str, Any], port: int, *, calm: bool) -> None:
        self.ground, self.port, self.calm = ground, port, calm
        self.connection = self._connection()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def post(self, path: str, session: str, **values: object) -> tuple[int, str]:
        """Send a form; the status and the page. Tries again while the server is away."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                status, page = self._send(path, session, values)
            except (OSError, http.client.HTTPException):
                self.connection.close()
                self.connection = self._connection()
                status, page = 0, "no answer"
            # 400: the session could not be written, because the database went away meanwhile.
            away = status in (0, 400) or status >= 500
            if not away or self.calm or time.monotonic() > deadline:
                return status, page
            time.sleep(0.1)

    def _send(self, path: str, session: str, values: dict[str, object]) -> tuple[int, str]:
        headers = {
            "Cookie": f"sessionid={session}; csrftoken={TOKEN}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        body = urlencode({**values, "csrfmiddlewaretoken": TOKEN})
        self.connection.request("POST", path, body, headers)
        answer = self.connection.getresponse()
        return answer.status, answer.read().decode()


class Online(Client):
    """The members, each in a session of his or her own."""

    def vote(self, member: int, poll: int) -> Outcome:
        """Vote online in one of the two polls."""
        path = f"/votes/{self.ground['polls'][poll]}/"
        status, page = self.post(path, self.ground["sessions"][str(member)], choice=1)
        receipt = _RECEIPT.search(_TAGS.sub("", page).lower())
        if status == 200 and receipt:
            return Outcome("voted online", receipt=receipt.group())
        if status in (200, 409) and "already" in page:
            return Outcome("refused online")
        return Outcome("failed", wrong=f"online: an answer with the status {status}")


class Door(Client):
    """A teller, who checks off whoever comes."""

    def vote(self, member: int, poll: int) -> Outcome:
        """Check the member off at the door of one of the two polls."""
        path = f"/tell/{self.ground['polls'][poll]}/check-off/"
        status, page = self.post(path, self.ground["teller"], number=member)
        if status == 302:
            return Outcome("voted at the door")
        if status == 200 and "already" in page:
            return Outcome("refused at the door")
        return Outcome("failed", wrong=f"at the door: an answer with the status {status}")
