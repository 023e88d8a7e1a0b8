"""The settings under which the tests run: the program's own, made fast and cut off from `.env`.

`DATABASE_URL` chooses the database; SQLite where it is not set.
"""

import os
from pathlib import Path
from tempfile import gettempdir

os.environ["ENV_FILE"] = os.devnull
os.environ.update(SECRET_KEY="for the tests alone", DEBUG="off", HTTPS="off")

# A name of its own for every process: runs side by side do not meet. On SQLite it is a file, since
# only a file has several connections, as the server under a browser's test and the races need.
_name = f"kartei_test_{os.getpid()}"
_file = Path(gettempdir()) / f"{_name}.sqlite3"
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_file}")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES  # noqa: E402

_sqlite = DATABASES["default"]["ENGINE"].endswith("sqlite3")
# What a test writes need not outlive the machine.
if _sqlite:
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["OPTIONS"]["options"] += " -c synchronous_commit=off"
DATABASES["default"]["TEST"] = {"NAME": str(_file) if _sqlite else _name}

# The towns of the tests were founded years ago and have met nobody knows when: whether they meet in
# time (A10) is asked where a test sets the interval itself.
STATUTES = {"meeting_interval_days": 100 * 365}

SECOND_FACTOR = False  # but for the tests of the door itself
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
