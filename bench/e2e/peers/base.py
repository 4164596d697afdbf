"""What all peers have in common: how one is started, seen to work, and reached by the load generator."""

import dataclasses
import pathlib
import shutil
import time

from process import Failed, answers_hello, status_of_get

MAX_DESCRIPTORS = 16_384


@dataclasses.dataclass
class Bench:
    """What all peers of a run share."""

    folder: pathlib.Path
    gateway: pathlib.Path   # the breakwater binary
    allowed: list           # names that resolve, by hosts_file, to loopback addresses
    listed: list            # the domains of the list
    blocked: list           # names under them
    hosts_file: pathlib.Path
    http_port: int          # of the origin that answers GET
    tls_port: int           # of the origin that answers a ClientHello
    own_network: bool = False  # the run is alone in its network and may add rules to it

    def subfolder(self, name):
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def addresses(self):
        """(name, address) of every allowed name."""
        return zip(self.allowed, (line.split()[0] for line in self.hosts_file.read_text().splitlines()))


class Peer:
    """One proxy. `port` answers GET and CONNECT; `sni_port` passes TLS on by its server name, asked directly; `door`
    takes what is intercepted. None: it has no such thing."""

    name = note = ""
    package = ""
    port = sni_port = door = None
    refusal = 403
    address = ""  # connections to it are intercepted for this peer

    def __init__(self, bench):
        self.bench, self.process = bench, None
        self.seconds_to_ready = None

    @classmethod
    def missing(cls, bench):
        """Why it cannot run here; empty where it can."""
        return "" if shutil.which(cls.package) else f"{cls.package} is not installed"

    def start(self, stack):
        """Starts it and waits until an allowed name passes and a listed one is refused; ended with the stack."""
        start = time.monotonic()
        self.process = stack.enter_context(self.launch())
        self.await_ready(start + 180)
        self.seconds_to_ready = time.monotonic() - start

    def launch(self):
        """The started Process, with its ports set or announced."""
        raise NotImplementedError

    def await_ready(self, end):
        seen = []
        while time.monotonic() < end:
            self.process.check()
            seen = self.probe()
            if seen == [200, self.refusal] * bool(self.port) + [True, False] * bool(self.sni_port):
                return
            time.sleep(0.02)
        raise Failed(f"{self.name} lets an allowed and a listed name through as {seen}")

    def probe(self):
        bench = self.bench
        names = (bench.allowed[0], bench.blocked[0])
        seen = [status_of_get(self.port, name, bench.http_port) for name in names] if self.port else []
        return seen + ([answers_hello(self.sni_port, name) for name in names] if self.sni_port else [])

    def arguments(self, mode):
        """How the load generator reaches it in that mode; None where it cannot do such work."""
        if mode.intercepted:
            return ["--direct", "--target", f"{self.address}:{self.bench.tls_port}"] if self.door else None
        if mode.streams and self.sni_port:
            return ["--direct", "--target", f"127.0.0.1:{self.sni_port}"]
        if self.port is None or (mode.tunnel and self.sni_port):
            return None
        expected = ["--expect", str(self.refusal)] if mode.refused else []
        return ["--target", f"127.0.0.1:{self.port}", "--port", str(mode.origin_port(self.bench)), *expected]
