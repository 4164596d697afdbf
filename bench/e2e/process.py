"""Processes that a run starts: each is ended by its own id, whatever happens."""

import contextlib
import os
import pathlib
import random
import resource
import signal
import socket
import ssl
import subprocess
import sys
import time

TICK = os.sysconf("SC_CLK_TCK")
ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Failed(Exception):
    """The environment does not allow the measurement; the text says why."""


def run_to_exit(main):
    """Ends this process with what `main` gives; 2 where it is Failed. A signal ends it with all that it has started."""
    def leave(number, _frame):
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)  # a second one must not cut the clearing up short
        raise SystemExit(128 + number)

    for ending in ENDINGS:
        signal.signal(ending, leave)
    try:
        sys.exit(main())
    except Failed as failure:
        print(f"bench: {failure}", file=sys.stderr)
        sys.exit(2)


def raise_descriptor_limit():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port():
    """A port below the range that outgoing connections take theirs from, free at this moment."""
    while True:
        port = random.randrange(15_000, 30_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def loopback_listener(port=0):
    """Listens on every address of 127.0.0.0/8 and, bound to the loopback device, on no other."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"lo\0")
    listener.bind(("0.0.0.0", port))
    listener.listen(4096)
    listener.setblocking(False)  # who inherits it expects that
    return listener


def descendants(pid):
    """The process and all its children's children, as ids."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it has just ended
    family = {pid}
    while True:
        more = {child for child, parent in parents.items() if parent in family} - family
        if not more:
            return family
        family |= more


class Process:
    """One started program and its children. A context manager: leaving it ends them."""

    def __init__(self, name, arguments, log, **options):
        self.name, self.log = name, pathlib.Path(log)
        with open(log, "ab") as sink:
            options = {"stdin": subprocess.DEVNULL, "stdout": sink, "stderr": sink, **options}
            self.child = subprocess.Popen([str(word) for word in arguments], start_new_session=True, **options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        family = descendants(self.child.pid)
        self.child.terminate()
        try:
            self.child.wait(5)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        for pid in family - {self.child.pid}:  # a child that outlived its parent
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.child.stdout:
            self.child.stdout.close()

    def check(self):
        if self.child.poll() is not None:
            tail = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise Failed(f"{self.name} ended with {self.child.returncode}:\n{tail}")

    def cpu_seconds(self):
        """User and system time of all its processes that still run, dead children of theirs included."""
        ticks = 0
        for pid in descendants(self.child.pid):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[11:15])
        return ticks / TICK

    def memory_mib(self):
        """Proportional set size of all its processes."""
        total = 0
        for pid in descendants(self.child.pid):
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        return total / 1024

    def announced_port(self, seconds=120):
        """The port of the line `listening on ADDR:PORT` on its standard output, which must be a pipe."""
        os.set_blocking(self.child.stdout.fileno(), False)
        text, end = b"", time.monotonic() + seconds
        while b"\n" not in text:
            self.check()
            if time.monotonic() > end:
                raise Failed(f"{self.name} does not say where it listens")
            text += self.child.stdout.read() or b""
            time.sleep(0.005)
        line = text.splitlines()[0].decode(errors="replace")
        if not line.startswith("listening on "):
            raise Failed(f"{self.name} says: {line}")
        return int(line.rpartition(":")[2])


def status_of_get(port, host, host_port):
    """The status of one absolute-form GET through the proxy at `port`; None where there is no answer."""
    where = f"{host}:{host_port}"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(f"GET http://{where}/ HTTP/1.1\r\nHost: {where}\r\nConnection: close\r\n\r\n".encode())
            answer = connection.recv(4096)
    except OSError:
        return None
    return int(answer[9:12]) if answer.startswith(b"HTTP/1.") and answer[9:12].isdigit() else None


def client_hello(name):
    out = ssl.MemoryBIO()
    with contextlib.suppress(ssl.SSLWantReadError):
        ssl.create_default_context().wrap_bio(ssl.MemoryBIO(), out, server_hostname=name).do_handshake()
    return out.read()


def answers_hello(port, name):
    """Whether anything comes back from `port` for a ClientHello with that server name."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(client_hello(name))
        return connection.recv(4096) != b""
    return False
