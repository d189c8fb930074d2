"""The slow side of the demonstration: a receiver of plain sockets that reads at a set pace, and a slow link.

Nothing here knows Spindle. demo.py brings the parts together.
"""

import atexit
import ctypes
import hashlib
import os
import socket
import subprocess
import threading
import time

SMALL_RECEIVE_BUFFER = 64 * 1024
CLONE_NEWNET = 0x40000000


class Connection:
    """One accepted connection: what came in, and how it ended."""

    def __init__(self, sock, port, rate):
        self.sock = sock
        self.port = port
        self.rate = rate
        self.started = time.monotonic()
        self.received = 0
        self.digest = hashlib.sha256()
        self.ending = None

    def read(self, now):
        while self.ending is None:
            allowed = 512 * 1024
            if self.rate is not None:
                allowed = min(allowed, int(self.rate * (now - self.started)) - self.received)
            if allowed <= 0:
                return
            try:
                data = self.sock.recv(allowed)
            except BlockingIOError:
                return
            except OSError as error:
                self.close(os.strerror(error.errno))
                return
            if not data:
                self.close("end")
                return
            self.digest.update(data)
            self.received += len(data)

    def close(self, ending):
        self.ending = ending
        self.sock.close()


class Receiver(threading.Thread):
    """Accepts connections and reads each at its own pace: plain sockets, one look every 10 ms."""

    def __init__(self, address, default_rate, namespace=None):
        super().__init__(daemon=True)
        self.connections = []
        self.default_rate = default_rate
        self.stopping = threading.Event()
        self.ready = threading.Event()
        self.address = address
        self.namespace = namespace
        self.problem = None

    def run(self):
        try:
            if self.namespace:
                self.enter_namespace()
            listener = socket.socket()
            # Inherited by the accepted sockets; small, so that the sender's side has to hold the data.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_RECEIVE_BUFFER)
            listener.bind((self.address, 0))
            listener.listen(64)
            listener.setblocking(False)
            self.address = "%s:%d" % listener.getsockname()
        except OSError as error:
            self.problem = error
            return
        finally:
            self.ready.set()
        while not self.stopping.wait(0.01):
            self.accept_from(listener)
            now = time.monotonic()
            for connection in self.connections:
                connection.read(now)
        listener.close()
        for connection in self.connections:
            connection.sock.close()

    def enter_namespace(self):
        libc = ctypes.CDLL(None, use_errno=True)
        with open(f"/run/netns/{self.namespace}", "rb") as file:
            if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), "setns")

    def accept_from(self, listener):
        while True:
            try:
                sock, peer = listener.accept()
            except OSError:
                return
            sock.setblocking(False)
            self.connections.append(Connection(sock, peer[1], self.default_rate))

    def find(self, port):
        """The newest connection from that port; it may be announced before it is accepted."""
        for _ in range(200):
            for connection in reversed(self.connections):
                if connection.port == port:
                    return connection
            time.sleep(0.01)
        return None


class SlowLink:
    """Two network namespaces joined by a link of limited rate, both gone when the program ends."""

    SENDER, RECEIVER = "198.18.0.1", "198.18.0.2"

    def __init__(self, bytes_per_second):
        self.near, self.far = (f"spindle-demo-{os.getpid()}-{end}" for end in ("a", "b"))
        atexit.register(self.remove)
        for name in (self.near, self.far):
            self.ip("netns", "add", name)
        self.ip("link", "add", "near", "netns", self.near, "type", "veth",
                "peer", "name", "far", "netns", self.far)
        for name, device, address in ((self.near, "near", self.SENDER), (self.far, "far", self.RECEIVER)):
            self.ip("-n", name, "address", "add", f"{address}/30", "dev", device)
            self.ip("-n", name, "link", "set", device, "up")
        rate = f"{int(bytes_per_second * 8)}bit"
        self.ip("netns", "exec", self.near, "tc", "qdisc", "add", "dev", "near", "root",
                "tbf", "rate", rate, "burst", "64kb", "latency", "100ms")

    @staticmethod
    def ip(*arguments):
        subprocess.run(["ip", *arguments], check=True)

    def remove(self):
        for name in (self.near, self.far):
            if os.path.exists(f"/run/netns/{name}"):
                subprocess.run(["ip", "netns", "delete", name], check=False)
