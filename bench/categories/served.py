"""A gateway on one core that serves lists: what its start, its memory and its requests cost."""

import json
import pathlib
import signal
import subprocess
import time

REQUESTS = 10_000  # of a measurement
# Nothing but the benchmark asks for anything.
SETTINGS = """proxy.threads = 1
selftest.at = []
selftest.after_change = "0s"
dns.hosts = "hosts"
dns.allow_private = ["127.0.0.0/8"]
"""


class Served:
    """`breakwater serve` on free ports, until the end of a `with`. `cpu` and `wall` tell how long it took to listen."""

    def __init__(self, binary, folder, state, hosts=()):
        """Of the names that are not listed, `hosts` are on this machine."""
        self.folder = folder
        (folder / "hosts").write_text("".join(f"127.0.0.1 {host}\n" for host in hosts))
        (folder / "breakwater.toml").write_text(SETTINGS)
        self.command = [binary, "serve", "--policy", folder / "policy.toml", "--config", folder / "breakwater.toml",
                        "--state", state, "--listen", "127.0.0.1:0"]

    def __enter__(self):
        begin = time.monotonic()
        with open(self.folder / "told", "w") as told:
            self.child = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=told, text=True)
        line = next((line for line in self.child.stdout if line.startswith("listening on ")), None)
        if line is None:
            raise SystemExit(f"the gateway ends with {self.child.wait()}: {' '.join(map(str, self.command))}")
        self.wall, self.cpu = time.monotonic() - begin, self.cpu_seconds()
        self.port = int(line.rpartition(":")[2])
        return self

    def __exit__(self, *_):
        self.child.terminate()
        self.child.wait()
        self.child.stdout.close()

    def cpu_seconds(self):
        """Of all its threads, to the nanosecond."""
        tasks = pathlib.Path(f"/proc/{self.child.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def memory_mib(self):
        """Its share of all pages that it has mapped, those of files too."""
        rollup = pathlib.Path(f"/proc/{self.child.pid}/smaps_rollup").read_text()
        return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024

    def cpu_a_request(self, generator, mode, hosts, *more):
        """Of requests for random ones of these hosts, answered as the mode expects."""
        before = self.cpu_seconds()
        run = self.ask(generator, mode, hosts, "--requests", str(REQUESTS), "--duration", "60", *more)
        return (self.cpu_seconds() - before) / run["requests_total"]

    def ask(self, generator, mode, hosts, *more, meanwhile=lambda: None):
        """What the load generator tells of requests over 64 connections, all answered as the mode expects."""
        names = self.folder / "asked"
        names.write_text("".join(f"{host}\n" for host in hosts))
        with subprocess.Popen([generator, mode, "--target", f"127.0.0.1:{self.port}", "--hosts", names, "--connections", "64",
                               "--warmup", "0", "--json", *more], stdout=subprocess.PIPE, text=True) as load:
            meanwhile()
            told = load.stdout.read()
        if load.returncode != 0:
            raise SystemExit(f"the load generator ends with {load.returncode}: {told}")
        return json.loads(told)

    def reload(self):
        """And waits until it is done."""
        told = self.folder / "told"
        before = told.read_text().count("info: reload done")
        self.child.send_signal(signal.SIGHUP)
        while told.read_text().count("info: reload done") == before:
            if self.child.poll() is not None:
                raise SystemExit(f"the gateway ends with {self.child.returncode}")
            time.sleep(0.02)


def compared(one, other, cost, rounds):
    """Pairs of the `cost` of two gateways, each in turn: what else the machine does hits both."""
    pairs = [(cost(one), cost(other)) for _ in range(rounds + 1)]
    return pairs[1:]  # the first round fills caches
