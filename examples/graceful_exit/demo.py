#!/usr/bin/env python3
"""Shows that WSACleanup loses nothing: a slow receiver that knows nothing of Spindle, and its verdict.

This program listens with plain sockets of Python's standard library and reads slowly. It starts
graceful_exit, which sends files over many connections at once and calls WSACleanup the moment its last send()
has returned. Both sides' SHA-256 sums, what was still on the way when WSACleanup began, and what the process
kept of the provider afterwards are put into a table for each round. The exit code is 0 when every byte
arrived and nothing was left.
"""

import argparse
import collections
import glob
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

sys.dont_write_bytecode = True

from slow_receiver import Receiver, SlowLink

MEBIBYTE = 1024 * 1024
TIME_LIMIT = 85.0


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", help="path of graceful_exit (default: the newest one below build/)")
    parser.add_argument("--rounds", type=int, default=2,
                        help="lives of the provider in one process (default 2)")
    parser.add_argument("--seconds", type=float, default=6.0,
                        help="how long the receiver takes for each round's files (default 6)")
    parser.add_argument("--slow-link", action="store_true",
                        help="root only: a shaped link between two network namespaces is the slow part")
    parser.add_argument("files", nargs="*", metavar="FILE",
                        help="what to send (default: large files of this system)")
    arguments = parser.parse_args()
    planned = arguments.rounds * arguments.seconds
    if arguments.rounds < 1 or arguments.seconds <= 0 or planned > TIME_LIMIT / 2:
        parser.error(f"rounds times seconds must be above 0 and at most {TIME_LIMIT / 2:.0f}")
    return arguments


def find_program():
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    built = glob.glob(os.path.join(root, "build", "*", "bin", "graceful_exit"))
    return max(built, key=os.path.getmtime, default=None)


def find_files(count=6, smallest=5 * MEBIBYTE, largest=60 * MEBIBYTE):
    """Large files of the usual folders, of different sizes; smaller ones if there are no others."""
    sizes = {}
    for folder in ("/usr/lib", "/usr/bin", "/usr/libexec", "/usr/share"):
        for here, _, names in os.walk(folder):
            for name in names:
                path = os.path.join(here, name)
                try:
                    size = os.path.getsize(path)
                except OSError:
                    continue
                if 64 * 1024 < size <= largest and os.path.isfile(path) and os.access(path, os.R_OK):
                    sizes.setdefault(size, path)
    ordered = sorted(sizes, reverse=True)
    large = [size for size in ordered if size >= smallest]
    if len(large) >= count:
        # Spread over the range, so that small and large files end at the same moment.
        step = (len(large) - 1) / (count - 1)
        chosen = [large[round(i * step)] for i in range(count)]
    else:
        chosen = ordered[:count]
    return [sizes[size] for size in chosen]


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(MEBIBYTE):
            digest.update(block)
    return digest.hexdigest()


class Round:
    """What one life of the provider said and did."""

    def __init__(self):
        self.connections = {}
        self.blocking = {}
        self.sent = {}
        self.before = self.cleanup = self.after = None
        self.received_before_flush = self.received_after_flush = 0
        self.report = {}

    def received(self):
        return sum(connection.received for connection in list(self.connections.values()) if connection)


class Sender:
    """Runs graceful_exit and files its facts by round."""

    def __init__(self, command, receiver, sizes, seconds):
        self.receiver, self.sizes, self.seconds = receiver, sizes, seconds
        self.rounds = collections.defaultdict(Round)
        self.log = []
        self.reports = []
        environment = dict(os.environ, SPINDLE_LOG="info")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                        env=environment, stdin=subprocess.DEVNULL)
        self.readers = [threading.Thread(target=self.read_facts, daemon=True),
                        threading.Thread(target=self.read_log, daemon=True)]
        for reader in self.readers:
            reader.start()

    def read_facts(self):
        for line in self.process.stdout:
            try:
                fact = json.loads(line)
            except ValueError:
                self.log.append(line.rstrip())
                continue
            self.take(fact, self.rounds[fact["round"]])

    def take(self, fact, current):
        event = fact["event"]
        if event == "before":
            current.before = fact
        elif event == "connected":
            connection = self.receiver.find(fact["local_port"])
            current.connections[fact["file"]] = connection
            current.blocking[fact["file"]] = fact["blocking"]
            if connection and self.seconds:
                # The same time for every file on a non-blocking socket, less for the others: so the last
                # send() is one that the provider took into its own memory.
                time_allowed = self.seconds * (0.6 if fact["blocking"] else 1.0)
                connection.rate = self.sizes[fact["file"]] / time_allowed
        elif event == "cleanup_begins":
            current.received_before_flush = current.received()
            current.cleanup = fact
        elif event == "cleanup_ended":
            current.received_after_flush = current.received()
            current.after = fact
        elif event == "sent":
            current.sent[fact["file"]] = fact

    def read_log(self):
        """The provider's one line about each last cleanup carries the fields of its report."""
        for line in self.process.stderr:
            fields = {name: int(value) for name, value in re.findall(r"\b(\w+)[=:] ?\"?(\d+)\b", line)}
            if "bytes_unsent" in fields:
                self.reports.append(fields)
            else:
                self.log.append(line.rstrip())

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for reader in self.readers:
            reader.join(5)


def mib(count):
    return "?" if count is None else f"{count / MEBIBYTE:.2f}"


def print_table(rows, out=sys.stdout):
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [row[0].ljust(widths[0])] + [cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]
        print("  " + "  ".join(cells), file=out)
        if number == 0:
            print("  " + "  ".join("-" * width for width in widths), file=out)


def judge_file(current, index, path, size, wanted_digest):
    """One row of the table, and what is wrong with it."""
    connection = current.connections.get(index)
    sent = current.sent.get(index, {})
    wrong = []
    if sent.get("problem"):
        wrong.append(sent["problem"])
    if sent.get("bytes") != size:
        wrong.append(f"handed over {sent.get('bytes')} of {size} bytes")
    if connection is None:
        wrong.append("never connected")
    else:
        if connection.received != size:
            wrong.append(f"received {connection.received} of {size} bytes")
        if connection.ending != "end":
            wrong.append(f"connection ended with: {connection.ending or 'still open'}")
        if not connection.digest.hexdigest() == sent.get("sha256") == wanted_digest:
            wrong.append("SHA-256 differs")
    digest = connection.digest.hexdigest() if connection else "-" * 12
    row = [os.path.basename(path)[:40], "blocking" if current.blocking.get(index) else "non-blocking",
           mib(sent.get("bytes")), mib(connection.received if connection else None), digest[:12],
           "equal" if not wrong else "WRONG"]
    return row, [f"{path}: {text}" for text in wrong]


def judge_process(current):
    """What the process looked like before WSAStartup, at WSACleanup and after it; what is wrong with that."""
    wrong = []
    rows = [["process", "before WSAStartup", "when WSACleanup began", "after WSACleanup"]]
    facts = [current.before, current.cleanup, current.after]
    if None in facts:
        return rows, ["the program did not report all its facts"]
    for name in ("provider_mapped", "descriptors", "threads"):
        title = name.replace("_", " ")
        values = [fact[name] for fact in facts]
        shown = [("yes" if value else "no") if name == "provider_mapped" else str(value) for value in values]
        rows.append([title, *shown])
        if values[0] != values[2]:
            wrong.append(f"{title}: {shown[0]} before, {shown[2]} after")
    if not current.cleanup["provider_mapped"]:
        wrong.append("the provider was not in the process at all")
    if current.after["result"] != 0:
        wrong.append(f"WSACleanup returned {current.after['result']}")
    return rows, wrong


def show_round(number, current, files, sizes, digests):
    rows = [["file", "socket", "handed over MiB", "received MiB", "SHA-256", "both sides"]]
    wrong = []
    for index, path in enumerate(files):
        row, problems = judge_file(current, index, path, sizes[index], digests[index])
        rows.append(row)
        wrong += problems
    handed = sum(sent["bytes"] for sent in current.sent.values())
    rows.append(["total", "", mib(handed), mib(current.received()), "", "equal" if not wrong else "WRONG"])
    process_rows, problems = judge_process(current)
    wrong += problems

    print(f"\nRound {number}")
    print_table(rows)
    print()
    print_table(process_rows)
    if current.after:
        waiting = handed - current.received_before_flush
        late = handed - current.received_after_flush
        held = mib(current.report.get("bytes_unsent"))
        print(f"\n  WSACleanup began with {mib(waiting)} MiB not yet received: {held} MiB held by"
              " the provider,\n  the rest by the system. It took"
              f" {current.after['seconds']:.2f} s and returned with {mib(late)} MiB in the system's hands.")
        if not current.report:
            wrong.append("the provider's line about its cleanup is missing")
        elif current.report.get("bytes_lost"):
            wrong.append(f"the provider says it lost {current.report['bytes_lost']} bytes")
        elif current.report["bytes_unsent"] == 0:
            wrong.append("the provider held no data when WSACleanup began: nothing was shown")
    for text in wrong:
        print(f"  WRONG: {text}")
    return not wrong


def watch(sender, receiver, total, deadline):
    """Waits for the program's end and then for the last byte the system still holds; shows the progress."""
    terminal = sys.stdout.isatty()
    while time.monotonic() < deadline:
        ended = sender.process.poll() is not None
        open_connections = [c for c in list(receiver.connections) if c.ending is None]
        if terminal:
            number = max(sender.rounds, default=1)
            current = sender.rounds[number]
            states = ((current.after, "after WSACleanup"), (current.cleanup, "WSACleanup"), (True, "sending"))
            state = next(text for reached, text in states if reached)
            done = sum(connection.received for connection in list(receiver.connections))
            bar = "#" * int(40 * done / total)
            print(f"\r  [{bar:<40}] {mib(done)} of {mib(total)} MiB, round {number}: {state}      ", end="",
                  flush=True)
        if ended and not open_connections:
            break
        time.sleep(0.1)
    if terminal:
        print("\r" + " " * 100 + "\r", end="")
    return sender.process.poll() is not None


def main():
    arguments = parse_arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    deadline = time.monotonic() + TIME_LIMIT
    program = arguments.program or find_program()
    if not program or not os.access(program, os.X_OK):
        print("not built: cmake --preset release && cmake --build --preset release", file=sys.stderr)
        return 2
    if arguments.slow_link and os.geteuid() != 0:
        print("--slow-link makes network namespaces: root only", file=sys.stderr)
        return 2
    files = arguments.files or find_files()
    sizes = [os.path.getsize(path) for path in files]
    digests = [sha256_of(path) for path in files]
    total = sum(sizes) * arguments.rounds
    print(f"{len(files)} files, {mib(sum(sizes))} MiB, {arguments.rounds} rounds in one process; the "
          f"{'link' if arguments.slow_link else 'receiver'} is slow: about {arguments.seconds:.0f} s a round")

    command = [os.path.abspath(program)]
    if arguments.slow_link:
        link = SlowLink(sum(sizes) / arguments.seconds)
        command = ["ip", "netns", "exec", link.near, *command]
        receiver = Receiver(link.RECEIVER, None, link.far)
    else:
        receiver = Receiver("127.0.0.1", min(sizes) / arguments.seconds)
    receiver.start()
    receiver.ready.wait()
    if receiver.problem:
        print(f"cannot listen: {receiver.problem}", file=sys.stderr)
        return 2
    command += ["--connect", receiver.address, "--rounds", str(arguments.rounds), *files]
    sender = Sender(command, receiver, sizes, None if arguments.slow_link else arguments.seconds)
    try:
        in_time = watch(sender, receiver, total, deadline)
    finally:
        sender.stop()
        receiver.stopping.set()
        receiver.join(5)

    for number, report in enumerate(sender.reports, start=1):
        sender.rounds[number].report = report
    good = in_time and sender.process.returncode == 0
    for number in range(1, arguments.rounds + 1):
        good = show_round(number, sender.rounds[number], files, sizes, digests) and good
    for line in sender.log[-10:] if not good else []:
        print(f"  graceful_exit: {line}")
    if not in_time:
        print("  WRONG: the time limit passed")
    if sender.process.returncode != 0:
        print(f"  WRONG: graceful_exit ended with {sender.process.returncode}")
    print("\nEvery byte that send() took arrived, nothing of the provider was left." if good else "\nFAILED")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
