"""What an echoed message and an idle connection cost besides time: system calls, user instructions, bytes. Each
is the difference of two runs, so that what a server does once falls out."""
import os
import re
import shutil
import subprocess
import tempfile
import time

from processes import IdleConnections, run_load


def total_of_perf(folder):
    with open(os.path.join(folder, "log"), encoding="ascii", errors="replace") as text:
        counted = re.search(r"^(\d+),", text.read(), re.MULTILINE)
    return int(counted.group(1)) if counted else None


def total_of_strace(folder):
    with open(os.path.join(folder, "log"), encoding="ascii", errors="replace") as text:
        counted = re.search(r"^100\.00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total$", text.read(), re.MULTILINE)
    return int(counted.group(1)) if counted else None


def total_of_callgrind(folder):
    with open(os.path.join(folder, "log"), encoding="ascii", errors="replace") as text:
        counted = re.search(r"Collected : (\d+)", text.read())
    return int(counted.group(1)) if counted else None


def perf_command(folder):
    return ["perf", "stat", "-x", ",", "-e", "raw_syscalls:sys_enter", "-o", os.path.join(folder, "log")]


def strace_command(folder):
    return ["strace", "-f", "-c", "-o", os.path.join(folder, "log")]


def callgrind_command(folder):
    return ["valgrind", "--tool=callgrind", f"--callgrind-out-file={folder}/out", f"--log-file={folder}/log"]


def perf_counts_system_calls():
    if shutil.which("perf") is None:
        return False
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([*perf_command(folder), "true"], capture_output=True, check=False)
        return os.path.exists(f"{folder}/log") and total_of_perf(folder) is not None


def system_call_tool():
    """(name, command, total): perf disturbs a server least; strace slows it down and so changes what it batches."""
    if perf_counts_system_calls():
        return "perf", perf_command, total_of_perf
    if shutil.which("strace"):
        return "strace", strace_command, total_of_strace
    return None


def instruction_tool():
    if shutil.which("valgrind"):
        return "callgrind", callgrind_command, total_of_callgrind
    return None


def count_once(bench, server, case, messages, tool):
    _, command, total = tool
    with tempfile.TemporaryDirectory() as folder:
        with bench.server(server, case, tool=command(folder), connections=case.connections) as running:
            arguments = ["--connections", case.connections, "--size", case.size, "--messages", messages]
            run_load(bench.load_program, running, case.mode, arguments, bench.load_processor(case), limit=180)
            running.wait_or_interrupt(3 if case.mode == "tcp" else 0.2)
        return total(folder)


def per_message(bench, server, case, messages, tool):
    """What `tool` counts, a message; None when it could not."""
    if tool is None:
        return None
    short, long = (count_once(bench, server, case, count, tool) for count in (messages, 3 * messages))
    return None if short is None or long is None else (long - short) / (2 * messages)


def user_bytes(server):
    """Anonymous memory the server's processes have touched."""
    total = 0
    for pid in server.processes():
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as text:
            total += 1024 * sum(int(line.split()[1]) for line in text if line.startswith("Anonymous:"))
    return total


def bytes_per_connection(bench, server, case, count=1000, before=200):
    """User memory of an idle connection that has had a message of the case's size, its buffer included."""
    with bench.server(server, case) as running:
        with IdleConnections(bench.load_program, running, before, case.size):
            time.sleep(0.2)
            first = user_bytes(running)
            with IdleConnections(bench.load_program, running, count, case.size):
                time.sleep(0.2)
                return (user_bytes(running) - first) / count
