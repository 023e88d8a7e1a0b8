"""Casting votes by eight clients at once, against pgbench with the same two inserts.

Both write into the same tables of the same database, one after the other, for a roll of the same
length. What is measured of ours is the act as a process calls it: eligibility, sealing, check-off
and ballot in one transaction.
"""

import os
import subprocess
import sys
import time
from multiprocessing import get_context
from tempfile import NamedTemporaryFile
from uuid import UUID

from _common import close, connection, report
from _votes import long_roll

CLIENTS = 8
VOTES = int(os.environ.get("BENCH_VOTES", "24000"))

SCRIPT = """
BEGIN;
INSERT INTO elections_checkoff (id, question_id, member_id, poll_id, channel, "on", annulled)
VALUES (gen_random_uuid(), {question}, nextval('bench_voter'), {poll}, 'online', current_date,
  false);
INSERT INTO elections_sealedballot (receipt, poll_id, sealed)
VALUES (encode(sha256(gen_random_uuid()::text::bytea), 'hex'), {poll},
  decode(repeat('ab', 52), 'hex'));
COMMIT;
"""


def theirs(poll) -> float:
    """Transactions a second of pgbench."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE IF EXISTS bench_voter")
        cursor.execute("CREATE SEQUENCE bench_voter")
    with NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(SCRIPT.format(question=poll.question_id, poll=poll.pk))
        script.flush()
        started = time.perf_counter()
        subprocess.run(
            [
                *("pgbench", "-n", "-c", str(CLIENTS), "-j", "2"),
                *("-t", str(VOTES // CLIENTS), "-f", script.name, os.environ["DATABASE_URL"]),
            ],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        taken = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE elections_checkoff, elections_sealedballot")
        cursor.execute("VACUUM ANALYZE")
    return VOTES / taken


def cast(code: UUID, first: int, ready, go) -> None:
    """One client: votes for every eighth member of the roll."""
    from elections.voting import cast_vote

    connection.ensure_connection()
    ready.release()
    go.wait()
    for member in range(first, VOTES + 1, CLIENTS):
        cast_vote(code=code, member=member, choices=[1])


def ours(poll) -> float:
    """Votes a second of the act, called from processes."""
    connection.close()
    context = get_context("fork")
    ready, go = context.Semaphore(0), context.Event()
    clients = [
        context.Process(target=cast, args=(poll.code, first, ready, go))
        for first in range(1, CLIENTS + 1)
    ]
    for client in clients:
        client.start()
    for _client in clients:
        ready.acquire()
    started = time.perf_counter()
    go.set()
    for client in clients:
        client.join()
    taken = time.perf_counter() - started
    if any(client.exitcode for client in clients):
        raise SystemExit("A client failed.")
    return VOTES / taken


if __name__ == "__main__":
    poll = long_roll(VOTES)
    plain = theirs(poll)
    act = ours(poll)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM elections_checkoff")
        (checked,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM elections_sealedballot")
        (lying,) = cursor.fetchone()
    if not checked == lying == VOTES:
        raise SystemExit(f"{VOTES} votes left {checked} check-offs and {lying} ballots.")
    report(f"pgbench ({plain:.0f} a second) / the act of voting ({act:.0f})", plain / act, 3)
    close()
    sys.exit(0)
