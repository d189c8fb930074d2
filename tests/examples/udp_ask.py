#!/usr/bin/env python3
"""Sends datagrams to an echo server on 127.0.0.1, one after the other, and checks the answers: udp_ask.py PORT COUNT."""
import socket
import sys

port, count = int(sys.argv[1]), int(sys.argv[2])
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
    client.settimeout(10)
    client.connect(("127.0.0.1", port))
    for number in range(count):
        question = bytes((number + at) % 256 for at in range(1 + number * 7 % 1400))
        client.send(question)
        if client.recv(2048) != question:
            sys.exit(f"datagram {number} came back changed")
