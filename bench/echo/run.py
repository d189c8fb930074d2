#!/usr/bin/env python3
"""Compares echo servers under one load generator: the Winsock example over Spindle, the same source under Wine, and
servers on Asio, libuv and bare epoll; and those on select, WSAPoll and network events (WSAEventSelect) with a server on
libc's poll(). Figures are ratios to the server on Asio, or on poll(), of runs that took turns.

    bench/echo/run.py [--quick] [--output FILE.json] [--servers asio,spindle] [--cases REGEX]

    bench/echo/run.py --servers wine-plain,wine-spindle --no-counters

compares the same program on Wine's sockets and over spindle_spi.dll there; the preset `mingw-x64-release` builds it.

Build the preset `release` first. Server and generator are pinned to a processor each, but for the cases that say
otherwise. plot.py draws what --output wrote."""
import argparse
import dataclasses
import json
import os
import platform
import re
import statistics
import sys
import time

import counters
from processes import Server, Wine, raise_descriptor_limit, run_load

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
YARDSTICKS = ("asio", "poll", "wine-plain", "wine")  # the first that takes part in a case
POLLING = ("poll", "select", "wsapoll")


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    mode: str
    connections: int
    size: int
    threads: int = 1
    pinned: bool = True
    quick: bool = False  # part of the quick run
    servers: tuple = ()  # which take part; none said: all that are not POLLING


CASES = [
    Case("1 connection", "tcp", 1, 64, quick=True),
    Case("60 connections", "tcp", 60, 64, quick=True),
    Case("64 connections", "tcp", 64, 64, quick=True),
    Case("1000 connections", "tcp", 1000, 64),
    Case("5000 connections", "tcp", 5000, 64),
    Case("1 connection, 64 KiB", "tcp", 1, 65536),
    Case("64 connections, 64 KiB", "tcp", 64, 65536, quick=True),
    Case("churn", "churn", 16, 64, quick=True),
    Case("UDP, 1 socket", "udp", 1, 64),
    Case("UDP, 64 sockets", "udp", 64, 64, quick=True),
    Case("1 connection, not pinned", "tcp", 1, 64, pinned=False),
    Case("64 connections, not pinned", "tcp", 64, 64, pinned=False),
    Case("1 connection, 2 threads", "tcp", 1, 64, threads=2, pinned=False),
    Case("64 connections, 2 threads", "tcp", 64, 64, threads=2, pinned=False),
    Case("1000 connections, 2 threads", "tcp", 1000, 64, threads=2, pinned=False),
    Case("churn, 2 threads", "churn", 16, 64, threads=2, pinned=False),
    Case("60 sockets", "tcp", 60, 64, quick=True, servers=("poll", "select", "events")),
    Case("500 sockets", "tcp", 500, 64, quick=True, servers=("poll", "wsapoll")),
]
COUNTED = [  # (case, messages): what is counted a message
    (Case("1 connection", "tcp", 1, 64), 1000),
    (Case("60 connections", "tcp", 60, 64), 6000),
    (Case("64 connections", "tcp", 64, 64), 6400),
    (Case("churn", "churn", 16, 64), 320),
    (Case("UDP, 64 sockets", "udp", 64, 64), 6400),
    (Case("60 sockets", "tcp", 60, 64, servers=("poll", "select", "events")), 6000),
    (Case("500 sockets", "tcp", 500, 64, servers=("poll", "wsapoll")), 10000),
]
WINDOWS_PROGRAMS = "../../mingw-x64-release/bin/"
IDLE = Case("idle", "tcp", 1000, 64)


@dataclasses.dataclass(frozen=True)
class Kind:
    """A server: its program for streams and for datagrams, if any, relative to the folder of programs."""
    stream: str
    datagram: str = ""
    arguments: tuple = ()
    wine: bool = False
    connections: int = 1 << 20  # what it can serve at once, on one thread if that is limited
    threads: bool = True  # takes --threads
    asked: bool = False  # takes part only if named


KINDS = {
    "asio": Kind("echo/echo_raw_asio", "echo/echo_raw_asio"),
    "epoll": Kind("echo/echo_raw_epoll", "echo/echo_raw_epoll"),
    "libuv": Kind("echo/echo_uv", "echo/echo_uv"),
    "spindle": Kind("iocp_echo", "echo/echo_winsock_udp", ("--skip-on-success",)),
    "events": Kind("echo/echo_winsock_events", connections=62),
    "poll": Kind("echo/echo_raw_poll", threads=False),
    "select": Kind("poll_server", arguments=("--select",), threads=False),
    "wsapoll": Kind("poll_server", threads=False),
    "wine": Kind("echo/wine/iocp_echo.exe", "echo/wine/winsock_udp.exe", ("--skip-on-success",), wine=True),
    "wine-plain": Kind(WINDOWS_PROGRAMS + "iocp_echo.exe", wine=True, asked=True),
    "wine-spindle": Kind(WINDOWS_PROGRAMS + "spindle_iocp_echo.exe", wine=True, asked=True),
}


class Bench:
    def __init__(self, arguments):
        self.folder = os.path.join(arguments.build, "bin")
        self.load_program = os.path.join(self.folder, "echo", "echo_load")
        self.wine = Wine(os.path.join(arguments.build, "bench"))
        processors = sorted(os.sched_getaffinity(0))
        self.processors = processors[:2] if len(processors) > 1 and not arguments.no_pin else None
        wanted = arguments.servers.split(",") if arguments.servers else [name for name in KINDS if not KINDS[name].asked]
        self.servers = [name for name in wanted if self.has(name)]
        self.missing = [name for name in wanted if name not in self.servers]

    def has(self, name):
        kind = KINDS[name]
        return os.path.exists(os.path.join(self.folder, kind.stream)) and (not kind.wine or self.wine.usable())

    def can(self, name, case):
        kind = KINDS[name]
        program = kind.datagram if case.mode == "udp" else kind.stream
        limited = kind.connections < case.connections or (kind.connections < 1 << 20 and case.threads > 1)
        takes_part = name in case.servers if case.servers else name not in POLLING
        return bool(program) and takes_part and not limited and os.path.exists(os.path.join(self.folder, program))

    def server_processor(self, case):
        return self.processors[0] if self.processors and case.pinned else None

    def load_processor(self, case):
        return self.processors[1] if self.processors and case.pinned else None

    def server(self, name, case, tool=(), connections=0):
        kind = KINDS[name]
        datagrams = case.mode == "udp"
        command = [os.path.join(self.folder, kind.datagram if datagrams else kind.stream), "--port", "0",
                   "--size", str(max(case.size, 64)), *kind.arguments]
        if kind.threads:
            command += ["--threads", str(case.threads)]
        if datagrams and kind.datagram == kind.stream:
            command.append("--udp")
        if connections and case.mode == "tcp":
            command += ["--connections", str(connections)]
        return Server(command, self.server_processor(case), tool, self.wine if kind.wine else None)


def measure(bench, case, rounds, seconds):
    """Runs by server; a server that fails a round is left out of the case and the reason kept."""
    runs = {name: [] for name in bench.servers if bench.can(name, case)}
    failures = {}
    arguments = ["--connections", case.connections, "--size", case.size, "--seconds", seconds,
                 "--warm-up", 0.2 if case.connections < 1000 else 0.4]
    for turn in range(rounds):
        names = [name for name in runs if name not in failures]
        for name in names[turn % len(names):] + names[:turn % len(names)]:
            try:
                with bench.server(name, case) as server:
                    runs[name].append(run_load(bench.load_program, server, case.mode, arguments,
                                               bench.load_processor(case)))
            except RuntimeError as reason:
                failures[name] = str(reason)
    return {name: list_ for name, list_ in runs.items() if name not in failures}, failures


def spread(values):
    return {"median": statistics.median(values), "lowest": min(values), "highest": max(values)}


def summarise(runs):
    """For each server medians, and the ratios to the yardstick round by round. Above 1 is faster, or cheaper."""
    summary = {}
    yard = next((runs[name] for name in YARDSTICKS if name in runs), None)
    for name, list_ in runs.items():
        one = {key: statistics.median(run[key] for run in list_) for key in ("per_second", "p50_us", "p99_us")}
        one["cpu_us"] = statistics.median(cpu_microseconds(run) for run in list_)
        if yard:
            one["ratio"] = spread([run["per_second"] / base["per_second"] for run, base in zip(list_, yard)])
            # On a busy machine the typical latency suffers least from what else is running.
            one["p50_ratio"] = spread([base["p50_us"] / run["p50_us"] for run, base in zip(list_, yard)])
            one["cpu_ratio"] = spread([cpu_microseconds(base) / cpu_microseconds(run)
                                       for run, base in zip(list_, yard)])
        summary[name] = one
    return summary


def cpu_microseconds(run):
    """The server's processor time a message; numerically the seconds a million messages."""
    return max(run["server_seconds"], 1e-9) * 1e6 / run["messages"]


def with_range(value):
    return f"{value['median']:.2f} ({value['lowest']:.2f} to {value['highest']:.2f})" if value else ""


def print_case(case, summary, failures):
    print(f"\n### {case.name}\n")
    print("| server | ratio | messages a second | p50 us | p99 us | p50 ratio | CPU s a million | CPU ratio |")
    print("|---|---|---|---|---|---|---|---|")
    for name, one in summary.items():
        print(f"| {name} | {with_range(one.get('ratio'))} | {one['per_second']:.0f} | {one['p50_us']:.1f} "
              f"| {one['p99_us']:.1f} | {with_range(one.get('p50_ratio'))} | {one['cpu_us']:.2f} | {with_range(one.get('cpu_ratio'))} |")
    for name, reason in failures.items():
        print(f"\n{name}: {reason}")
    sys.stdout.flush()


def count_all(bench, scale, deadline):
    """System calls and user instructions a message, bytes a connection, by case and server."""
    figures = {}
    tools = {"system calls": counters.system_call_tool(), "user instructions": counters.instruction_tool()}
    for title, tool in tools.items():
        for case, messages in COUNTED:
            for name in bench.servers:
                if KINDS[name].wine or not bench.can(name, case) or time.monotonic() > deadline:
                    continue  # a great part of the work is done in Wine's server
                try:
                    value = counters.per_message(bench, name, case, max(int(messages * scale), 1), tool)
                except RuntimeError as reason:
                    print(f"\n{name}, {case.name}, {title}: {reason}")
                    continue
                if value is not None:
                    figures.setdefault(f"{title}, {case.name} ({tool[0]})", {})[name] = value
    for name in bench.servers:
        if time.monotonic() < deadline and bench.can(name, IDLE):
            try:
                figures.setdefault("user bytes an idle connection, 64 of them its buffer", {})[name] = (
                    counters.bytes_per_connection(bench, name, IDLE))
            except RuntimeError as reason:
                print(f"\n{name}, idle connections: {reason}")
    return figures


def print_figures(bench, figures):
    print("\n### A message, a connection\n")
    print("| | " + " | ".join(bench.servers) + " |")
    print("|---|" + "---|" * len(bench.servers))
    for title, by_server in figures.items():
        values = [f"{by_server[name]:.2f}" if by_server.get(name, 100) < 100 else f"{by_server[name]:.0f}"
                  if name in by_server else "" for name in bench.servers]
        print(f"| {title} | " + " | ".join(values) + " |")


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--servers", help="some of " + ",".join(KINDS))
    parser.add_argument("--cases", help="only cases whose name matches")
    parser.add_argument("--rounds", type=int, help="7 unless told")
    parser.add_argument("--seconds", type=float, help="of each run; 0.8 unless told")
    parser.add_argument("--minutes", type=float, default=22, help="nothing new begins after so long")
    parser.add_argument("--quick", action="store_true", help="few cases, short runs")
    parser.add_argument("--no-pin", action="store_true")
    parser.add_argument("--no-counters", action="store_true", help="times only")
    parser.add_argument("--only-counters", action="store_true")
    parser.add_argument("--output", help="JSON file for all of it")
    return parser.parse_args()


def main():
    arguments = parse_arguments()
    rounds = arguments.rounds or (3 if arguments.quick else 7)
    seconds = arguments.seconds or (0.3 if arguments.quick else 0.8)
    limit = raise_descriptor_limit()
    bench = Bench(arguments)
    deadline = time.monotonic() + 60 * arguments.minutes
    cases = [case for case in CASES if (case.quick or not arguments.quick) and case.connections + 100 < limit
             and re.search(arguments.cases or "", case.name) and any(bench.can(name, case) for name in bench.servers)]
    print(f"{rounds} rounds of {seconds} s; {os.cpu_count()} processors, {platform.release()};"
          f" left out: {', '.join(bench.missing) or 'nothing'}")
    document = {"rounds": rounds, "seconds": seconds, "kernel": platform.release(), "processors": os.cpu_count(),
                "cases": {}, "figures": {}}
    skipped = []
    try:
        if any(KINDS[name].wine for name in bench.servers):
            bench.wine.start(bench.processors[0] if bench.processors else None)
        for case in cases if not arguments.only_counters else []:
            if time.monotonic() > deadline:
                skipped.append(case.name)
                continue
            runs, failures = measure(bench, case, rounds, seconds)
            summary = summarise(runs)
            print_case(case, summary, failures)
            document["cases"][case.name] = {"case": dataclasses.asdict(case), "summary": summary, "runs": runs,
                                            "failures": failures}
        if not arguments.no_counters:
            document["figures"] = count_all(bench, 0.3 if arguments.quick else 1, deadline + 300)
            print_figures(bench, document["figures"])
    finally:
        bench.wine.stop()
    if skipped:
        print(f"\nNo time left for: {', '.join(skipped)}")
    if arguments.output:
        with open(arguments.output, "w", encoding="ascii") as text:
            json.dump(document, text, indent=1)
    return 0


if __name__ == "__main__":
    sys.exit(main())
