#!/usr/bin/env python3
"""Spindle against raw sockets: the same source, the same work, the same run, one after the other in pairs.

Prints, for a blocking ping-pong of 64 bytes and for a one-way stream of 64 KiB, the median of the ratio of
rates (above 1: Spindle is faster) with its spread, and what is free of noise: instructions and system calls
per message of the client process. Servers and clients are processes; each gets a processor of its own unless
--no-pin.
"""

import argparse
import json
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile

WORK = {"ping": (20_000, 64), "stream": (40_000, 65_536)}
KINDS = ("winsock", "raw")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--programs",
                        help="folder of pingpong_winsock and pingpong_raw (default: build/release/bin)")
    parser.add_argument("--pairs", type=int, default=9, help="runs of each kind (default 9)")
    parser.add_argument("--no-pin", action="store_true", help="let the system place server and client")
    parser.add_argument("--peer", choices=("same", "raw"), default="same",
                        help="what the server is: the kind that is measured, or always raw (default same)")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies the number of messages")
    parser.add_argument("--at-least", type=float, help="exit code 1 when a median ratio is below this")
    return parser.parse_args()


class Bench:
    def __init__(self, arguments):
        root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        self.folder = arguments.programs or os.path.join(root, "build", "release", "bin")
        self.peer = arguments.peer
        processors = sorted(os.sched_getaffinity(0))
        self.pinned = not arguments.no_pin and len(processors) > 1 and shutil.which("taskset") is not None
        self.processors = processors[:2]

    def command(self, kind, place, *arguments, tool=()):
        pin = ["taskset", "-c", str(self.processors[place])] if self.pinned else []
        return [*pin, *tool, os.path.join(self.folder, f"pingpong_{kind}"), *arguments]

    def run(self, kind, mode, count, size, tool=()):
        """Seconds and processor seconds the client took; `tool` is a command that runs it and looks on."""
        server_kind = "raw" if self.peer == "raw" else kind
        serve = self.command(server_kind, 0, "serve")
        with subprocess.Popen(serve, stdout=subprocess.PIPE, text=True) as server:
            try:
                port = server.stdout.readline().strip()
                command = self.command(kind, 1, "run", port, mode, str(count), str(size), tool=tool)
                before = resource.getrusage(resource.RUSAGE_CHILDREN)
                client = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
                after = resource.getrusage(resource.RUSAGE_CHILDREN)
                server.wait(timeout=20)
            finally:
                server.kill()
        busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return json.loads(client.stdout.splitlines()[-1])["seconds"], busy


def ratios(bench, mode, count, size, pairs):
    """(raw's seconds divided by Spindle's, the same of processor time, seconds by kind), pair by pair."""
    wall, busy = [], []
    seconds = {kind: [] for kind in KINDS}
    for number in range(pairs + 1):
        # Who goes first alternates; the first pair only warms caches and clocks.
        taken = {kind: bench.run(kind, mode, count, size) for kind in (KINDS if number % 2 else KINDS[::-1])}
        if number > 0:
            wall.append(taken["raw"][0] / taken["winsock"][0])
            busy.append(taken["raw"][1] / taken["winsock"][1])
            for kind in KINDS:
                seconds[kind].append(taken[kind][0])
    return wall, busy, {kind: statistics.median(values) for kind, values in seconds.items()}


def count_instructions(bench, kind, mode, count, size):
    """Instructions in user mode of one run: perf if it may count, else callgrind; None without either."""
    with tempfile.NamedTemporaryFile("r") as output:
        if shutil.which("perf"):
            try:
                tool = ["perf", "stat", "-x", ",", "-e", "instructions:u", "-o", output.name]
                bench.run(kind, mode, count, size, tool)
                counted = re.search(r"^(\d+),", output.read(), re.MULTILINE)
                if counted:
                    return int(counted.group(1)), "perf"
            except subprocess.CalledProcessError:
                pass
    if not shutil.which("valgrind"):
        return None, None
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        bench.run(kind, mode, count, size,
                  ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", f"--log-file={log}"])
        with open(log, encoding="ascii", errors="replace") as text:
            counted = re.search(r"Collected : (\d+)", text.read())
    return (int(counted.group(1)), "callgrind") if counted else (None, None)


def count_system_calls(bench, kind, mode, count, size):
    if not shutil.which("strace"):
        return None, None
    with tempfile.NamedTemporaryFile("r") as output:
        bench.run(kind, mode, count, size, ["strace", "-f", "-c", "-o", output.name])
        pattern = r"^100\.00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total$"
        total = re.search(pattern, output.read(), re.MULTILINE)
    return (int(total.group(1)), "strace") if total else (None, None)


def per_message(counter, bench, kind, mode, size):
    """Two runs of different length: what start and end cost falls out of the difference."""
    short, long = 1_000, 3_000
    (first, _), (second, tool) = (counter(bench, kind, mode, count, size) for count in (short, long))
    return (None, None) if first is None or second is None else ((second - first) / (long - short), tool)


def main():
    arguments = parse_arguments()
    bench = Bench(arguments)
    good = True
    places = "not pinned"
    if bench.pinned:
        places = f"server on processor {bench.processors[0]}, client on {bench.processors[1]}"
    print(f"{arguments.pairs} pairs, {places}, peer: {bench.peer}")
    for mode, (count, size) in WORK.items():
        count = max(1, int(count * arguments.scale))
        wall, busy, seconds = ratios(bench, mode, count, size, arguments.pairs)
        median = statistics.median(wall)
        print(f"\n{mode}, {count} messages of {size} bytes")
        print(f"  ratio to raw sockets: median {median:.3f}, from {min(wall):.3f} to {max(wall):.3f}"
              f" ({count / seconds['winsock']:.0f} and {count / seconds['raw']:.0f} messages a second)")
        print(f"  the same of the client's processor time: median {statistics.median(busy):.3f}, from"
              f" {min(busy):.3f} to {max(busy):.3f}")
        for title, counter in (("instructions", count_instructions), ("system calls", count_system_calls)):
            figures = {kind: per_message(counter, bench, kind, mode, size) for kind in KINDS}
            if all(value is not None for value, _ in figures.values()):
                print(f"  {title} a message: {figures['winsock'][0]:.2f} and {figures['raw'][0]:.2f} raw"
                      f" ({figures['raw'][1]})")
        good = good and (arguments.at_least is None or median >= arguments.at_least)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
