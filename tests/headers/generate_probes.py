#!/usr/bin/env python3
"""Proves that the Winsock headers of posix_shim/include have mingw-w64's constants and layouts.

A probe is one number that both compilers can work out: a constant, a size, an offset, the bytes of
a GUID, the shape of a function type. probes.txt names the probes; this script turns them into one
C++ source whose only content is an array of numbers in a section of its own, compiles it natively
and, if there is a cross compiler, for Windows, and reads the section out of the object files, so
nothing foreign is ever run. Values that Windows' headers gave are kept in mingw_values.txt;
exceptions.txt lists where mingw-w64 lacks a name or is known to be wrong, with the reason.
"""

import argparse
import pathlib
import re
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent

PROLOGUE = """\
#define WIN32_LEAN_AND_MEAN
#define INCL_WINSOCK_API_TYPEDEFS 1
#ifndef _WIN32_WINNT
#define _WIN32_WINNT 0x0A00
#endif
#ifndef NTDDI_VERSION
#define NTDDI_VERSION 0x0A00000A
#endif
#include <winsock2.h>
#include <ws2tcpip.h>
#include <ws2spi.h>
#include <sporder.h>
#include <mswsock.h>
#include <mstcpip.h>
#include <afunix.h>
#include <nspapi.h>
#include <svcguid.h>
#include <iphlpapi.h>
#include <qos.h>
#include <process.h>
#include <mmsystem.h>
#include <bcrypt.h>
#include <io.h>
#include <shlobj.h>
#include <sys/locking.h>
#include <wsipx.h>
#include <wsnwlink.h>
#include <rpc.h>
#include <share.h>
#include <sys/stat.h>
#include <sys/timeb.h>
#include <wincrypt.h>
#define STRSAFE_NO_DEPRECATE
#include <strsafe.h>
#include <cstddef>
#include <type_traits>

typedef unsigned long long u64;

// One hexadecimal digit per type: enough to tell any two parameter lists of Winsock apart.
template <class T, bool arithmetic = std::is_arithmetic<T>::value || std::is_enum<T>::value>
struct digit { static const u64 value = 15; };
template <class T>
struct digit<T, true> { static const u64 value = (std::is_signed<T>::value ? 1 : 5) + (sizeof(T) == 1 ? 0 :
    sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3); };
template <> struct digit<void, false> { static const u64 value = 9; };
template <class T> struct digit<T *, false> { static const u64 value = std::is_const<T>::value ? 11 : 10; };
template <class... P> struct digits;
template <> struct digits<> { static const u64 value = 0; };
template <class T, class... P>
struct digits<T, P...> { static const u64 value = digit<T>::value + 16 * digits<P...>::value; };
template <class F> struct shape;
template <class R, class... P>
struct shape<R(P...)> { static const u64 value = digits<R, P...>::value; };
template <class F> struct shape<F *> : shape<F> {};
#ifdef __cpp_noexcept_function_type
template <class R, class... P>
struct shape<R(P...) noexcept> : shape<R(P...)> {};
#endif

static constexpr u64 guid_low(GUID g)
{
    return g.Data1 + ((u64)g.Data2 << 32) + ((u64)g.Data3 << 48);
}
static constexpr u64 guid_high(GUID g, int i = 7)
{
    return i < 0 ? 0 : ((u64)g.Data4[i] << (8 * i)) + guid_high(g, i - 1);
}
template <class T> struct kind { static const u64 value = digit<T>::value; };

extern const u64 probe_values[] __attribute__((used, section(".probe")));
const u64 probe_values[] = {
"""


def read_probes(path):
    """Returns the probes of a data file as (key, C++ expression) in order."""
    probes = []
    section = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        line = line.split("#", 1)[0].strip()
        if not line:
            continue
        if line.startswith("["):
            section = line.strip("[]")
            if section not in EXPANDERS:
                sys.exit(f"{path}:{number}: unknown section {section}")
            continue
        probes += EXPANDERS[section](line)
    keys = [key for key, _ in probes]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        sys.exit(f"{path}: listed twice: {', '.join(sorted(twice))}")
    return probes


def expand_constant(line):
    return [(line, f"(u64)({line})")]


def expand_expression(line):
    key, expression = (part.strip() for part in line.split("=", 1))
    return [(key, f"(u64)({expression})")]


def expand_type(line):
    return [(f"sizeof({line})", f"sizeof({line})"), (f"alignof({line})", f"alignof({line})")]


def expand_integer(line):
    return expand_type(line) + [(f"kind({line})", f"kind<{line}>::value")]


def expand_fields(line):
    type_name, _, fields = line.partition(":")
    probes = []
    for field in fields.split():
        member = f"(({type_name} *)8)->{field}"
        probes.append((f"offsetof({type_name}, {field})", f"offsetof({type_name}, {field})"))
        probes.append((f"sizeof({type_name}::{field})", f"sizeof({member})"))
        probes.append((f"kind({type_name}::{field})",
                       f"kind<std::remove_reference<decltype({member})>::type>::value"))
    return probes


def expand_guid(line):
    return [(f"low({line})", f"guid_low(GUID {line})"), (f"high({line})", f"guid_high(GUID {line})")]


def expand_function(line):
    return [(f"shape({line})", f"shape<std::remove_pointer<decltype(&{line})>::type>::value")]


def expand_function_type(line):
    return [(f"shape({line})", f"shape<{line}>::value")]


EXPANDERS = {
    "constant": expand_constant,
    "expression": expand_expression,
    "type": expand_type,
    "integer": expand_integer,
    "fields": expand_fields,
    "guid": expand_guid,
    "function": expand_function,
    "function type": expand_function_type,
}


def read_exceptions(path):
    """Returns {key: (word, value, reason)} of lines 'lacks|wrong <key> = <value> : <reason>'."""
    exceptions = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r"(lacks|wrong) (.+?) = (\S+) : (.+)", line)
        if not match:
            sys.exit(f"{path}:{number}: not 'lacks|wrong <probe> = <value> : <reason>'")
        word, key, value, reason = match.groups()
        exceptions[key] = (word, int(value, 0), reason)
    return exceptions


def source_of(probes):
    lines = [PROLOGUE]
    for key, expression in probes:
        lines.append(f"    {expression}, // {key}\n")
    lines.append("};\n")
    return "".join(lines)


def section_of(data, name):
    """The contents of a section of a 64-bit ELF or a COFF object file."""
    if data[:4] == b"\x7fELF":
        offset, = struct.unpack_from("<Q", data, 0x28)
        size, count, names = struct.unpack_from("<HHH", data, 0x3A)
        headers = [struct.unpack_from("<IIQQQQ", data, offset + i * size) for i in range(count)]
        strings = headers[names][4]
        for header in headers:
            start = strings + header[0]
            if data[start:data.index(b"\0", start)] == name:
                return data[header[4]:header[4] + header[5]]
    else:
        count, optional = struct.unpack_from("<2xH12xH", data, 0)
        for i in range(count):
            raw, size, start = struct.unpack_from("<8s8xII", data, 20 + optional + 40 * i)
            if raw.rstrip(b"\0") == name:
                return data[start:start + size]
    sys.exit("the object file has no section " + name.decode())


def evaluate(compiler, probes, options):
    """Compiles the probes and returns {key: value}."""
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder, "probes.cpp")
        result = pathlib.Path(folder, "probes.o")
        source.write_text(source_of(probes))
        command = [*compiler.split(), "-std=c++17", "-O1", "-w", "-fpermissive", *options, "-c", str(source),
                   "-o", str(result)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        if run.returncode:
            sys.exit(f"{compiler} cannot compile the probes:\n{run.stderr[:6000]}")
        data = section_of(result.read_bytes(), b".probe")
    values = struct.unpack_from(f"<{len(probes)}Q", data)
    return dict(zip((key for key, _ in probes), values))


def read_values(path):
    values = {}
    for line in path.read_text().splitlines():
        if line and not line.startswith("#"):
            key, value = line.rsplit(" = ", 1)
            values[key] = int(value, 0)
    return values


def write_values(path, values):
    with path.open("w") as file:
        file.write("# What mingw-w64's headers say, written by generate_probes.py --update, never by hand.\n")
        for key, value in values.items():
            file.write(f"{key} = {value:#x}\n")


def compare(title, actual, expected):
    bad = [f"  {key}: {actual.get(key, -1):#x}, expected {value:#x}"
           for key, value in expected.items() if actual.get(key) != value]
    print(f"{title}: {len(expected)} probes, {len(bad)} differences")
    for line in bad:
        print(line)
    return not bad


def coverage(include, probes):
    """Constants our Winsock headers define that no probe names."""
    text = " ".join(key for key, _ in probes)
    known = set(re.findall(r"\w+", text))
    missing = []
    for path in sorted([*include.glob("*.h"), *include.glob("spindle_ws/*.h")]):
        if path.name not in COVERED:
            continue
        for name, value in re.findall(r"^#define (\w+)[ \t]+(\S.*)$", path.read_text(), re.M):
            if (name not in known and not re.match(NOT_CONSTANT, name) and not re.match(ALIAS, value)
                    and value not in (name + "A", name + "W")):
                missing.append(f"{path.name}: {name}")
    for line in missing:
        print("no probe for", line)
    return not missing


COVERED = set("""
    families.h options.h addrinfo.h socket_types.h protocol_info.h name_space.h ws2def.h
    ws2ipdef.h ws2tcpip.h mswsock.h mswsockdef.h mstcpip.h afunix.h nspapi.h qos.h ws2spi.h
    catalog_types.h wsa_errors.h winerror.h registered_io.h nsp_types.h synchapi.h locks.h timeapi.h
    base_api.h file_and_memory.h fileapi.h winnls.h consoleapi.h
    ipifcons.h ifdef.h ipmib.h iptypes.h
""".split())
# Words that stand for a type, a function or a piece of syntax, not for a number.
NOT_CONSTANT = (r"_[A-Z0-9]+_(INCLUDED|H)?$|_\w+_DEFINED$|__\w+|h_addr$|h_errno$|WSAEVENT|"
                r"LPWSAEVENT|WSAOVERLAPPED|WSPAPI|LPFN_|SPINDLE_|SERVICE_TYPE_VALUE_\w*$|"
                r"(SRWLOCK|CONDITION_VARIABLE|INIT_ONCE)\w*_INIT|(Create|Open)[A-Z]\w+|"
                r"IN6ADDR_\w+_INIT|SCOPEID_\w+|PF_MAX$|SecureZeroMemory$|"
                r"(GetAddrInfo|FreeAddrInfo|GetNameInfo|InetPton|InetNtop|gai_strerror)")
ALIAS = r"(WSA_CMSG|WSA_CMSGHDR|WSA_CMSGDATA)\w*$"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--include", type=pathlib.Path, default=HERE.parents[1] / "posix_shim" / "include")
    parser.add_argument("--cxx", default="g++", help="native C++ compiler")
    parser.add_argument("--option", action="append", default=[], help="option for the native compiler")
    parser.add_argument("--cross", default="", help="mingw-w64 C++ compiler, empty for none")
    parser.add_argument("--update", action="store_true", help="rewrite mingw_values.txt (needs --cross)")
    arguments = parser.parse_args()

    probes = read_probes(HERE / "probes.txt")
    exceptions = read_exceptions(HERE / "exceptions.txt")
    shared = [probe for probe in probes if exceptions.get(probe[0], ("",))[0] != "lacks"]
    ok = coverage(arguments.include, probes)

    if arguments.cross:
        foreign = evaluate(arguments.cross, shared, [])
        if arguments.update:
            write_values(HERE / "mingw_values.txt", foreign)
        ok &= compare("mingw_values.txt against " + arguments.cross, read_values(HERE / "mingw_values.txt"),
                      foreign)

    expected = read_values(HERE / "mingw_values.txt")
    unknown = [key for key, _ in shared if key not in expected]
    if unknown:
        sys.exit("mingw_values.txt lacks " + ", ".join(unknown) + " (run with --cross and --update)")
    expected.update({key: value for key, (_, value, _) in exceptions.items()})
    native = evaluate(arguments.cxx, probes, ["-I", str(arguments.include), *arguments.option])
    ok &= compare("posix_shim/include with " + " ".join([arguments.cxx, *arguments.option]), native, expected)
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
