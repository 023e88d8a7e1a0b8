"""Exit 0 if the server on this machine answers, for a container's or a monitor's health check."""

import os
import sys
from http.client import HTTPConnection, HTTPException

HOST = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip(" .*") or "localhost"
PORT = int(os.environ.get("PORT", "8000"))


def main() -> int:
    try:
        connection = HTTPConnection("127.0.0.1", PORT, timeout=3)
        headers = {"Host": HOST, "X-Forwarded-Proto": "https"}
        connection.request("GET", "/admin/login/", headers=headers)
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        sys.stderr.write(f"no answer: {error}\n")
        return 1
    return 0 if status < 400 else 1


if __name__ == "__main__":
    sys.exit(main())
