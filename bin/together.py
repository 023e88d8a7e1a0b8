"""Run several programs side by side, with -- between them, until one ends: then the others end too.

Exits with the status of the first that ended, and with 0 after Ctrl-C.
"""

import signal
import subprocess
import sys
import time
from types import FrameType

PATIENCE = 20  # seconds for a program to end by itself


def main(words: list[str]) -> int:
    running = [subprocess.Popen(command) for command in split(words)]  # noqa: S603  # nosec  # commands of our own
    stopped: list[int] = []

    def stop(signum: int, _frame: FrameType | None) -> None:
        stopped.append(signum)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while not stopped and all(program.poll() is None for program in running):
        time.sleep(0.2)
    ended = next((program for program in running if program.poll() is not None), None)
    if ended is not None and not stopped:
        sys.stderr.write("One of the programs has ended, so all of them stop.\n")
    end(running)
    if stopped:
        return 0
    return abs(ended.returncode) or 1 if ended else 0


def split(words: list[str]) -> list[list[str]]:
    commands: list[list[str]] = [[]]
    for word in words:
        if word == "--":
            commands.append([])
        else:
            commands[-1].append(word)
    return [command for command in commands if command]


def end(running: list["subprocess.Popen[bytes]"]) -> None:
    for program in running:
        if program.poll() is None:
            program.terminate()
    until = time.monotonic() + PATIENCE
    for program in running:
        try:
            program.wait(max(until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            program.kill()
            program.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
