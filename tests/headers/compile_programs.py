#!/usr/bin/env python3
"""Compiles typical Winsock programs against posix_shim/include with warnings as errors.

Besides the files of programs/ it tries every Winsock header alone and every pair of a Winsock
header and an ordinary header of libc or the standard library in both orders. Nothing is linked or
run: the question is whether sources compile, and whether their object files ask for our symbols and
never for the libc function of the same name.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
WARNINGS = ["-Wall", "-Wextra", "-Werror"]
STRICT = ["-Wpedantic", "-Wno-unused-function", "-DSPINDLE_HEADERS_SHOW_WARNINGS"]

PROGRAMS = [
    # file, standards, extra options (one compilation for each set)
    ("classic_client.c", ["c99", "gnu11", "c17"], [[], ["-D_WIN32", "-D_WIN64"]]),
    ("select_server.c", ["c99", "gnu11"], [[], ["-O2", "-D_FORTIFY_SOURCE=2"]]),
    ("time_of_day.c", ["gnu99", "gnu11"], [[], ["-DWINSOCK_LAST"], ["-O2", "-D_FORTIFY_SOURCE=2"]]),
    ("own_gettimeofday.c", ["gnu99", "c11"], [[]]),
    ("windows_first.c", ["c99", "gnu17"], [[], ["-DLEAN"], ["-DTRICK"], ["-fshort-wchar", "-DUNICODE"]]),
    ("threads.c", ["c99", "gnu11", "c17"], [[], ["-D_WIN32", "-D_WIN64"], ["-Wconversion", "-Wsign-conversion"]]),
    ("threads.c", ["gnu11", "c17"], [["-DUNICODE"]]),
    ("threads.cpp", ["c++11", "c++20"], [[], ["-D_WIN32", "-D_WIN64"], ["-fshort-wchar", "-DUNICODE"]]),
    ("control_messages.c", ["c99", "gnu11"], [[], ["-DNOMINMAX"]]),
    ("names_and_adapters.c", ["c99", "gnu11"], [[], ["-D_WIN32", "-D_WIN64"], ["-fshort-wchar", "-DUNICODE"]]),
    ("base_functions.c", ["c99", "c11"], [[], ["-D_WIN32", "-D_WIN64"], ["-fshort-wchar", "-DUNICODE"]]),
    ("base_functions.cpp", ["c++11", "c++20"], [[], ["-D_WIN32", "-D_WIN64"], ["-DUNICODE"]]),
    ("time_of_day.cpp", ["gnu++11", "c++20"], [[], ["-DWINSOCK_LAST"]]),
    ("standard_library.cpp", ["c++11", "gnu++17", "c++20"], [[], ["-DWINSOCK_LAST"]]),
    ("standard_library.cpp", ["gnu++20"], [["-D_WIN32", "-D_WIN64"], ["-O2", "-D_FORTIFY_SOURCE=2"],
                                           ["-fshort-wchar"]]),
    ("layered_provider.cpp", ["c++11", "c++20"], [[]]),
    ("wide_text.cpp", ["c++11", "c++20"], [[], ["-fshort-wchar"]]),
    ("quiet_macros.cpp", ["c++20"], [["-Wpedantic", "-Wshadow", "-Wconversion", "-Wsign-conversion",
                                      "-Wold-style-cast", "-Wcast-qual", "-Wzero-as-null-pointer-constant"]]),
]

# Small programs of the kinds that are found in public, and the modes they take turns in. A program is compiled in
# two of its language's modes, each time in others than its neighbours; WIDE ones need their text to be 16 bits wide.
IDIOMS = """
    echo_server.c secure_client.c sal_and_declspec.c address_helpers.c tchar_client.c random_and_ids.c library_first.c
    old_names.c event_server.cpp port_server.cpp classic.cpp
""".split()
WIDE = ["tchar_client.c", "wide_files.c"]
WINDOWS = ["-D_WIN32", "-D_WIN64", "-U__linux__"]
MODES = {
    ".c": [["-std=gnu89", *WINDOWS], ["-std=c99"], ["-std=gnu11", *WINDOWS, "-O2", "-D_FORTIFY_SOURCE=2"],
           ["-std=gnu17", "-DWIN32_LEAN_AND_MEAN"]],
    ".cpp": [["-std=c++11", *WINDOWS], ["-std=c++17"], ["-std=gnu++14", *WINDOWS, "-DWIN32_LEAN_AND_MEAN"],
             ["-std=c++20"]],
}
WIDE_MODES = [["-std=gnu11", *WINDOWS], ["-std=c99"]]

HEADERS = """
    winsock2.h winsock.h ws2tcpip.h ws2spi.h mswsock.h ws2def.h ws2ipdef.h mstcpip.h afunix.h
    nspapi.h qos.h in6addr.h inaddr.h windows.h windef.h winnt.h winbase.h winerror.h basetsd.h
    guiddef.h minwindef.h synchapi.h handleapi.h ioapiset.h errhandlingapi.h mswsockdef.h
    consoleapi.h consoleapi2.h debugapi.h fileapi.h heapapi.h libloaderapi.h memoryapi.h processenv.h
    processthreadsapi.h stringapiset.h wincon.h winnls.h winuser.h
    fibersapi.h profileapi.h sysinfoapi.h timezoneapi.h timeapi.h mmsystem.h process.h
    bcrypt.h conio.h crtdbg.h crtdefs.h direct.h intrin.h io.h malloc.h rpc.h rpcdce.h share.h specstrings.h strsafe.h
    tchar.h namedpipeapi.h shlobj.h sys/locking.h wsipx.h wsnwlink.h winapifamily.h wincrypt.h windowsx.h iphlpapi.h netioapi.h svcguid.h
""".split()
SPELLINGS = """
    WinSock2.h Winsock2.h WS2tcpip.h Ws2tcpip.h WS2TCPIP.h Ws2TcpIp.h Windows.h WINDOWS.h MSWSock.h
    Mswsock.h WinSock.h Ws2spi.h WS2spi.h wspiapi.h Process.h WinCrypt.h StrSafe.h Conio.h TChar.h Direct.h Windowsx.h
    Iphlpapi.h IPHlpApi.h
""".split()
C_NEIGHBOURS = """
    stdlib.h stdio.h string.h unistd.h sys/types.h sys/select.h sys/time.h time.h errno.h
    signal.h sys/resource.h sys/timex.h sys/stat.h fcntl.h pthread.h utmpx.h wchar.h stdatomic.h
""".split()
CXX_NEIGHBOURS = """
    functional thread mutex chrono iostream atomic vector string regex random condition_variable
    filesystem future
""".split()
USE = """
int probe(void);
int probe(void)
{
    fd_set set;
    struct timeval tv = {1, 0};
    char name[64];
    u_long on = 1;
    FD_ZERO(&set);
    return select(0, &set, NULL, NULL, &tv) + gethostname(name, sizeof(name)) +
           ioctlsocket(INVALID_SOCKET, FIONBIO, &on) + (sizeof(on) == 4 && sizeof(tv) == 8 ? 0 : 1);
}
"""
PLAIN = """
#include <sys/select.h>
#include <sys/time.h>
#include <sys/resource.h>
#include <unistd.h>
#include <sys/socket.h>
#include <poll.h>
#if FD_SETSIZE != 1024
#error FD_SETSIZE
#endif
int probe(void);
int probe(void)
{
    struct timeval tv;
    char name[64];
    socklen_t n = 0;
    return gettimeofday(&tv, NULL) + gethostname(name, sizeof(name)) + (sizeof(tv) == 16) + (int)n;
}
"""
CAPACITY = """
#include <stdlib.h>
{}
#include <winsock2.h>
typedef char check[FD_SETSIZE == {} && sizeof(fd_set) == 8 + {} * sizeof(SOCKET) ? 1 : -1];
"""

# libc functions a Winsock program must never end up with.
FORBIDDEN = set("""
    accept bind connect getpeername getsockname getsockopt listen recv recvfrom select send
    sendto setsockopt shutdown socket htonl htons ntohl ntohs inet_addr inet_ntoa inet_pton
    inet_ntop gethostbyaddr gethostbyname gethostname __gethostname_chk getaddrinfo freeaddrinfo
    getnameinfo getservbyname getservbyport getprotobyname getprotobynumber __fdelt_chk
""".split())


class compilation:
    """One compiler call: what it compiles, and what must come of it."""

    def __init__(self, title, command, text=None, refused_with=None, forbidden=FORBIDDEN):
        self.title, self.command, self.text = title, command, text
        self.refused_with, self.forbidden = refused_with, forbidden

    def run(self, folder):
        """Returns a complaint, or None."""
        output = pathlib.Path(folder, f"{id(self)}.o")
        result = subprocess.run([*self.command, "-o", str(output)], input=self.text, capture_output=True,
                                text=True, check=False)
        if self.refused_with:
            if result.returncode == 0 or self.refused_with not in result.stderr:
                return f"{self.title}: should have been refused with '{self.refused_with}'\n{result.stderr}"
            return None
        if result.returncode:
            return f"{self.title}: {' '.join(self.command)}\n{result.stderr[:3000]}"
        symbols = subprocess.run(["nm", "-u", str(output)], capture_output=True, text=True, check=True).stdout
        output.unlink()
        wrong = self.forbidden & {line.split()[-1] for line in symbols.splitlines()}
        return f"{self.title}: refers to libc's {', '.join(sorted(wrong))}" if wrong else None


def idiom(cc, cxx, search, name, mode):
    quiet = ["-Wno-unknown-pragmas"] if name.endswith(".cpp") else []  # g++ 12 does not hear the header's wish
    return [cxx if name.endswith(".cpp") else cc, *mode, *WARNINGS, *quiet, *search, "-c",
            str(HERE / "programs" / "idioms" / name)]


def compilations(cc, cxx, include):
    search = ["-I", str(include)]
    for name, standards, option_sets in PROGRAMS:
        compiler = cxx if name.endswith(".cpp") else cc
        for standard in standards:
            for options in option_sets:
                title = f"{name} -std={standard} {' '.join(options)}"
                command = [compiler, f"-std={standard}", *WARNINGS, *options, *search, "-c",
                           str(HERE / "programs" / name)]
                yield compilation(title, command)
    for index, name in enumerate(IDIOMS):
        suffix = pathlib.Path(name).suffix
        for shift in (0, 1):
            mode = MODES[suffix][(2 * index + shift) % len(MODES[suffix])]
            yield compilation(f"{name} {' '.join(mode)}", idiom(cc, cxx, search, name, mode))
    for name in WIDE:
        for mode in WIDE_MODES:
            yield compilation(f"{name} wide {' '.join(mode)}",
                              idiom(cc, cxx, search, name, [*mode, "-fshort-wchar", "-DUNICODE", "-D_UNICODE"]))
    # Each header alone in the oldest C and the newest C++, all together in the others.
    every = "".join(f"#include <{header}>\n" for header in HEADERS)
    for language, compiler, standard in (("c", cc, "c99"), ("c", cc, "gnu17"), ("c++", cxx, "c++11"),
                                         ("c++", cxx, "c++20")):
        strict = [compiler, "-x", language, f"-std={standard}", *WARNINGS, *STRICT, *search, "-c", "-"]
        yield compilation(f"all headers, {standard}", strict, every + "extern int not_empty;\n")
        for header in HEADERS if standard in ("c99", "c++20") else ():
            yield compilation(f"<{header}> alone, {standard}", strict,
                              f"#include <{header}>\n#include <{header}>\nextern int not_empty;\n")
    yield compilation("all spellings", [cc, "-x", "c", *WARNINGS, *search, "-c", "-"],
                      "".join(f"#include <{name}>\n" for name in SPELLINGS) + USE)
    for language, compiler, standard, neighbours in (
            ("c", cc, "gnu11", C_NEIGHBOURS),
            ("c++", cxx, "gnu++17", CXX_NEIGHBOURS + C_NEIGHBOURS[3:8])):
        base = [compiler, "-x", language, f"-std={standard}", *WARNINGS, *search, "-c", "-"]
        every = "".join(f"#include <{name}>\n" for name in neighbours)
        for name in neighbours:
            after = f"#include <winsock2.h>\n#include <{name}>\n{USE}"
            before = f"#include <{name}>\n#include <ws2tcpip.h>\n{USE}"
            yield compilation(f"<{name}> after Winsock, {standard}", base, after)
            yield compilation(f"<{name}> before Winsock, {standard}", base, before)
        yield compilation(f"all after Winsock, {standard}", base, f"#include <ws2spi.h>\n{every}{USE}")
        yield compilation(f"all before Winsock, {standard}", base, f"{every}#include <ws2spi.h>\n{USE}")
    for name in ("sys/socket.h", "netinet/in.h", "arpa/inet.h", "netdb.h", "poll.h"):
        yield compilation(f"<{name}> before Winsock", [cc, "-x", "c", *search, "-c", "-"],
                          f"#include <{name}>\n#include <winsock2.h>\n", "exclude each other")
        yield compilation(f"<{name}> after Winsock", [cc, "-x", "c", *WARNINGS, *search, "-c", "-"],
                          f"#include <winsock2.h>\n#include <{name}>\n{USE}")
    for title, define, own, expected in (
            ("is 64", [], "", 64),
            ("of the command line", ["-DFD_SETSIZE=2048"], "", 2048),
            ("defined after libc's", [], "#undef FD_SETSIZE\n#define FD_SETSIZE 1024", 1024)):
        yield compilation("FD_SETSIZE " + title, [cc, "-x", "c", *WARNINGS, *search, *define, "-c", "-"],
                          CAPACITY.format(own, expected, expected))
    # Without Winsock in the source file the headers beside ours change nothing for libc's users.
    for define in ([], ["-DFD_SETSIZE=4096"]):
        yield compilation("libc alone " + " ".join(define),
                          [cc, "-x", "c", *WARNINGS, *search, *define, "-c", "-"], PLAIN, forbidden=set())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--include", type=pathlib.Path, default=HERE.parents[1] / "posix_shim" / "include")
    parser.add_argument("--cc", default="gcc")
    parser.add_argument("--cxx", default="g++")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count() or 1))
    arguments = parser.parse_args()
    work = list(compilations(arguments.cc, arguments.cxx, arguments.include))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(arguments.jobs) as pool:
        complaints = [c for c in pool.map(lambda item: item.run(folder), work) if c]
    print(f"{arguments.cc}/{arguments.cxx}: {len(work)} compilations, {len(complaints)} complaints")
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
