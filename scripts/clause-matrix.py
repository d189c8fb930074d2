#!/usr/bin/env python3
"""Compares the contract (docs/contract/*.md) with the tests that name its clauses.

A test names its clauses at the start of its name: TEST_CASE("XFR-2, MAP-15 a bad handle ..."). A row of a table
is a clause too, T-ENO/EPIPE for instance; a test that names the table alone (T-ENO) stands for all its rows.
Clauses without a test need a line in tests/contract/exceptions; tests/contract/scope lists the families that are
in force at all.
Exit code 1: a clause in force has neither test nor exception, a test or an exception names a clause that does not
exist, an exception has a test after all or lacks its reason, or a test source is not built.
"""

import argparse
import os
import re
import subprocess
import sys
from collections import defaultdict

CLAUSE_ID = r"[A-Z][A-Z0-9]*-[0-9]+"
TABLE_ID = r"T-[A-Z][A-Z0-9]*"
CLAUSE_LINE = re.compile(rf"^(?:- )?({CLAUSE_ID})\s+(\S.*)$")
TABLE_LINE = re.compile(rf"^(?:- {CLAUSE_ID}\s+)?({TABLE_ID})\b")
NAMED_AT_START = re.compile(rf"\s*({TABLE_ID}(?:/[\w-]+)?|{CLAUSE_ID}(?:\.\.[0-9]+)?)(?![\w/-]),?")
TEST_MACRO = re.compile(
    r"\b(?:TEMPLATE_|TEST_CASE|SCENARIO)\w*\s*\((?:\s*[\w:]+\s*,)?\s*((?:\"(?:[^\"\\\n]|\\.)*\"\s*)+)")
COMMENT_OR_STRING = re.compile(r"\"(?:[^\"\\\n]|\\.)*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)


class Problem(Exception):
    """Input that cannot be understood; the message says where."""


def family(clause):
    return clause.split("/")[0] if clause.startswith("T-") else clause.rsplit("-", 1)[0]


def sort_key(clause):
    head, _, number = clause.partition("-")
    return (head, int(number)) if number.isdigit() else (clause, 0)


def slug(cell):
    """'EINPROGRESS (connect)' -> 'EINPROGRESS-connect', the form in which a test names a table's row."""
    return re.sub(r"\W+", "-", cell).strip("-")


def expand(name):
    """BIND-1..3 -> BIND-1, BIND-2, BIND-3."""
    match = re.fullmatch(r"([A-Z][A-Z0-9]*)-([0-9]+)\.\.([0-9]+)", name)
    if not match:
        return [name]
    head, first, last = match.group(1), int(match.group(2)), int(match.group(3))
    return [f"{head}-{number}" for number in range(first, last + 1)]


def read_clauses(folder):
    """Clause id -> first line of its text, in document order."""
    clauses = {}
    for name in sorted(os.listdir(folder)):
        if not name.endswith(".md"):
            continue
        table, rows_seen = None, 0
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            lines = file.read().splitlines()
        for number, line in enumerate(lines, 1):
            if line.startswith("|"):
                cells = [cell.strip() for cell in line.strip("|").split("|")]
                rows_seen += 1
                # Heading and rule come first; a row that only goes on leaves columns empty.
                if table and rows_seen > 2 and cells[0] and any(cells[1:]):
                    clauses.setdefault(f"{table}/{slug(cells[0])}", line.strip("| "))
                continue
            if rows_seen:
                table, rows_seen = None, 0
            match = CLAUSE_LINE.match(line)
            if match:
                if match.group(1) in clauses:
                    raise Problem(f"{name}:{number}: {match.group(1)} is defined twice")
                clauses[match.group(1)] = match.group(2)
            match = TABLE_LINE.match(line)
            if match:
                table = match.group(1)
    return clauses


def test_sources(root):
    """The test sources under version control or about to be; what git ignores is not ours to count."""
    command = ["git", "-C", root, "ls-files", "--cached", "--others", "--exclude-standard", "--", "tests"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        listed = [os.path.relpath(os.path.join(folder, name), root)
                  for folder, _, names in os.walk(os.path.join(root, "tests")) for name in names]
    return sorted(path for path in listed
                  if path.endswith(".cpp") and os.path.exists(os.path.join(root, path)))


def is_built(root, path):
    """A source counts when the CMakeLists.txt of its folder, or of one above it, names the file."""
    folder = os.path.dirname(path)
    while folder:
        listing = os.path.join(root, folder, "CMakeLists.txt")
        if os.path.exists(listing):
            with open(listing, encoding="utf-8") as file:
                text = re.sub(r"#.*", "", file.read())
            relative = re.escape(os.path.relpath(path, folder))
            if re.search(rf"(?<![\w/.-]){relative}(?![\w/.-])", text):
                return True
        folder = os.path.dirname(folder)
    return False


def strip_comments(text):
    """The text without comments; a string that looks like one stays."""
    return COMMENT_OR_STRING.sub(lambda found: found.group(0) if found.group(0)[0] == '"' else " ", text)


def test_names(text):
    for match in TEST_MACRO.finditer(strip_comments(text)):
        parts = re.findall(r"\"((?:[^\"\\\n]|\\.)*)\"", match.group(1))
        yield "".join(parts)


def clauses_named_by(name):
    position, found = 0, []
    while match := NAMED_AT_START.match(name, position):
        found += expand(match.group(1))
        position = match.end()
    return found


def table_rows(name, clauses):
    """The rows that T-ENO (all of them) or T-ENO/EAGAIN (those whose first column has that word) stands for."""
    table, _, word = name.partition("/")
    rows = [row for row in clauses if row.startswith(f"{table}/")]
    return [row for row in rows if not word or word in row.partition("/")[2].split("-")]


def read_tests(root, clauses):
    """Clause id -> tests that name it, names of unknown clauses, sources that no CMakeLists.txt builds."""
    tests, unknown, unbuilt = defaultdict(list), [], []
    for path in test_sources(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            names = list(test_names(file.read()))
        if names and not is_built(root, path):
            unbuilt.append(path)
            continue
        for name in names:
            for clause in clauses_named_by(name):
                if clause.startswith("D-"):
                    continue  # a decision: it settles clauses and is none itself
                found = [clause] if clause in clauses else table_rows(clause, clauses)
                if not found:
                    unknown.append(f"{path}: \"{name}\" names {clause}")
                for known in found:
                    tests[known].append(f"{path}: {name}")
    return tests, unknown, unbuilt


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if line.strip() and not line.startswith("#"):
                yield number, line


def read_exceptions(folder, clauses):
    """From the file `exceptions` and, where there is one, from each file in the folder `exceptions.d`."""
    exceptions, problems = {}, []
    more = os.path.join(folder, "exceptions.d")
    names = sorted(os.listdir(more)) if os.path.isdir(more) else []
    for path in [os.path.join(folder, "exceptions")] + [os.path.join(more, name) for name in names]:
        for number, line in read_lines(path):
            place = f"{os.path.relpath(path, folder)}:{number}"
            ids, _, reason = line.partition("\t")
            if not reason.strip():
                problems.append(f"{place}: no tab and reason after {ids.strip()}")
            for clause in expand(ids.strip()):
                if clause not in clauses:
                    problems.append(f"{place}: {clause} is no clause")
                elif clause in exceptions:
                    problems.append(f"{place}: {clause} is listed twice")
                exceptions[clause] = reason.strip()
    return exceptions, problems


def read_scope(path, clauses):
    families = [word for _, line in read_lines(path) for word in line.split("#")[0].split()]
    known = {family(clause) for clause in clauses}
    return families, [f"scope: {name} is no clause family" for name in families if name not in known]


def print_matrix(families, groups, tests, exceptions):
    print(f"{'family':<8}{'clauses':>9}{'tested':>9}{'excepted':>10}{'missing':>9}")
    total = [0, 0, 0, 0]
    for name in families:
        members = groups[name]
        tested = sum(clause in tests for clause in members)
        excepted = sum(clause in exceptions and clause not in tests for clause in members)
        row = [len(members), tested, excepted, len(members) - tested - excepted]
        total = [a + b for a, b in zip(total, row)]
        print(f"{name:<8}{row[0]:>9}{row[1]:>9}{row[2]:>10}{row[3]:>9}")
    print(f"{'total':<8}{total[0]:>9}{total[1]:>9}{total[2]:>10}{total[3]:>9}")


def print_list(families, groups, clauses, tests, exceptions):
    for name in families:
        for clause in groups[name]:
            print(f"\n{clause}  {clauses[clause]}")
            for test in tests.get(clause, []):
                print(f"    {test}")
            if clause in exceptions:
                print(f"    (exception) {exceptions[clause]}")
            elif clause not in tests:
                print("    MISSING")


def main():
    parser = argparse.ArgumentParser(description="Which contract clauses have a test?")
    parser.add_argument("--list", action="store_true", help="print each clause in force with its tests")
    parser.add_argument("--all", action="store_true", help="show every family, not only those in force")
    here = os.path.dirname(os.path.abspath(__file__))
    parser.add_argument("--root", default=os.path.dirname(here), help="project folder (default: this one)")
    options = parser.parse_args()

    contract = os.path.join(options.root, "tests", "contract")
    clauses = read_clauses(os.path.join(options.root, "docs", "contract"))
    tests, unknown, unbuilt = read_tests(options.root, clauses)
    exceptions, problems = read_exceptions(contract, clauses)
    in_force, scope_problems = read_scope(os.path.join(contract, "scope"), clauses)

    groups = defaultdict(list)
    for clause in sorted(clauses, key=sort_key):
        groups[family(clause)].append(clause)
    shown = list(groups) if options.all else in_force
    if options.list:
        print_list(shown, groups, clauses, tests, exceptions)
        print()
    print_matrix(shown, groups, tests, exceptions)

    missing = [clause for name in in_force for clause in groups[name]
               if clause not in tests and clause not in exceptions]
    stale = [clause for clause in exceptions if clause in tests]
    findings = [
        ("neither test nor exception", missing),
        ("exception, but there is a test", stale),
        ("test names a clause that does not exist", unknown),
        ("test source that no CMakeLists.txt names", unbuilt),
        ("mistake in tests/contract", problems + scope_problems),
    ]
    for title, items in findings:
        if items:
            print(f"\n{title} ({len(items)}):")
            for item in items:
                print(f"  {item}")
    return 1 if any(items for _, items in findings) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
    except (Problem, OSError) as problem:
        sys.exit(f"clause-matrix: {problem}")
