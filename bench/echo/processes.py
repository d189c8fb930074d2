"""Starting, watching and ending the servers and the load generator of the echo benchmark. Everything started here is
a child with a session of its own and is ended by its process group; nothing else is touched."""
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import time

WINE_FOLDERS = "/usr/lib/wine"


def raise_descriptor_limit():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def find_wine():
    path = os.environ.get("PATH", "") + os.pathsep + WINE_FOLDERS
    return shutil.which("wine64", path=path), shutil.which("wineserver64", path=path)


def processor_seconds(pid):
    """Processor time of all of a process's threads; by the scheduler's nanoseconds where the kernel tells them."""
    try:
        total = 0
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as text:
                total += int(text.read().split()[0])
        return total / 1e9
    except (FileNotFoundError, IndexError):
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as text:
            fields = text.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pinned(command, processor):
    return command if processor is None else ["taskset", "-c", str(processor), *command]


def end(process, patience=3.0, gentle=True):
    """Ends a process and its group: asks first, unless not gentle, and waits."""
    for number in ([signal.SIGINT] if gentle else []) + [signal.SIGKILL]:
        if process.poll() is None:
            try:
                os.killpg(process.pid, number)
                process.wait(timeout=patience)
            except (ProcessLookupError, subprocess.TimeoutExpired):
                pass
    process.wait()


def read_line(process, seconds):
    """The next line of a process's output; empty when it ended or said nothing for so long."""
    ready, _, _ = select.select([process.stdout], [], [], seconds)
    return process.stdout.readline() if ready else ""


class Wine:
    """A Wine prefix of the benchmark's own, with a server that is a child of ours, so that its work can be counted."""

    def __init__(self, folder):
        self.loader, self.server_program = find_wine()
        self.environment = dict(os.environ, WINEPREFIX=os.path.join(folder, "wine"), WINEDEBUG="-all",
                                WINEDLLOVERRIDES="mscoree,mshtml=")
        self.environment.pop("DISPLAY", None)
        self.server = None

    def usable(self):
        return self.loader is not None and self.server_program is not None

    def start(self, processor):
        os.makedirs(self.environment["WINEPREFIX"], exist_ok=True)
        self.server = subprocess.Popen(pinned([self.server_program, "-f", "-p"], processor), env=self.environment,
                                       start_new_session=True, stderr=subprocess.DEVNULL)
        subprocess.run([self.loader, "wineboot", "-i"], env=self.environment, timeout=300, check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def stop(self):
        if self.server is not None:
            subprocess.run([self.server_program, "-k"], env=self.environment, timeout=30, check=False)
            end(self.server)
            self.server = None


class Server:
    """One run of an echo server; `with` ends it."""

    def __init__(self, command, processor=None, tool=(), wine=None):
        self.wine = wine
        environment = wine.environment if wine else None
        launcher = [wine.loader] if wine else []
        self.process = subprocess.Popen(pinned([*tool, *launcher, *command], processor), env=environment, text=True,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, start_new_session=True)
        line = read_line(self.process, 60)
        if "listening on" not in line:
            end(self.process, gentle=False)
            raise RuntimeError(f"{command[0]} does not listen: {line.strip()!r}")
        self.port = int(line.rpartition(":")[2])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Servers have nothing to finish; Wine's would keep the group waiting.
        end(self.process, gentle=False)
        self.process.stdout.close()

    def processes(self):
        """The processes that do its work: under Wine a connection is half in the server's hands."""
        return [self.process.pid, *([self.wine.server.pid] if self.wine else [])]

    def processor_seconds(self):
        return sum(map(processor_seconds, self.processes()))

    def wait_or_interrupt(self, patience):
        """For tools that write what they counted when the server ends."""
        try:
            self.process.wait(timeout=patience)
        except subprocess.TimeoutExpired:
            end(self.process, patience=10)


def run_load(program, server, mode, arguments, processor=None, limit=90.0):
    """Runs the load generator; its result with the server's processor seconds of the counted time added."""
    command = pinned([program, mode, "--port", str(server.port), *map(str, arguments)], processor)
    load = subprocess.Popen(command, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            start_new_session=True)
    deadline = time.monotonic() + limit
    before = after = None
    result = {}
    try:
        while line := read_line(load, max(deadline - time.monotonic(), 0)):
            if line.startswith("counting"):
                before = server.processor_seconds()
            elif line.startswith("{"):
                after = server.processor_seconds() if server.process.poll() is None else None
                result = json.loads(line)
                break
        load.wait(timeout=10)
    except subprocess.TimeoutExpired:
        result = {}
    finally:
        end(load, gentle=False)
        load.stdout.close()
    if not result or load.returncode != 0:
        raise RuntimeError(f"load {mode} failed: {result}")
    result["server_seconds"] = after - before if before is not None and after is not None else None
    return result


class IdleConnections:
    """Connections that have had one message and stay open while the `with` lasts."""

    def __init__(self, program, server, count, size):
        self.load = subprocess.Popen([program, "idle", "--port", str(server.port), "--connections", str(count),
                                      "--size", str(size)],
                                     text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     start_new_session=True)
        while (line := read_line(self.load, 30)) and not line.startswith("{"):
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.load.stdin.close()
        end(self.load, gentle=False)
        self.load.stdout.close()
