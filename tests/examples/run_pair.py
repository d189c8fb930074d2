#!/usr/bin/env python3
"""Runs an example that serves and one that is its client, and checks that both end well:

    run_pair.py SECONDS [LAUNCHER] -- SERVER ARGUMENTS... -- CLIENT ARGUMENTS...

LAUNCHER, if any, runs programs of Windows (Wine). The server says "listening on ADDRESS:PORT"; the client's argument {port}
becomes that port. Without a client the server is run alone."""
import subprocess
import sys
import threading


def split(words):
    parts = [[]]
    for word in words:
        if word == "--":
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def launched(launcher, command):
    return [*launcher, *command] if command[0].endswith(".exe") else command


def main():
    (seconds, *launcher), *commands = split(sys.argv[1:])
    server_command, client_command = commands[0], commands[1] if len(commands) > 1 else []
    server = subprocess.Popen(launched(launcher, server_command), stdout=subprocess.PIPE, text=True)
    bound = threading.Timer(float(seconds), server.kill)
    bound.start()
    try:
        client_status = 0
        if client_command:
            line = server.stdout.readline()
            print(line.strip())
            if "listening on" not in line:
                return 1
            port = line.strip().rpartition(":")[2]
            client = [word.replace("{port}", port) for word in client_command]
            client_status = subprocess.run(launched(launcher, client), timeout=float(seconds), check=False).returncode
        print(server.stdout.read())
        server_status = server.wait()
        print(f"server: {server_status}, client: {client_status}")
        return 0 if server_status == 0 and client_status == 0 else 1
    finally:
        bound.cancel()
        server.kill()


if __name__ == "__main__":
    sys.exit(main())
