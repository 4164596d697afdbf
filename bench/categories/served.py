"""A gateway on one core that serves lists: what its start, its memory and its requests cost."""

import pathlib
import socket
import statistics
import subprocess
import time

# Nothing but the benchmark asks for anything.
SETTINGS = 'proxy.threads = 1\nselftest.at = []\nselftest.after_change = "0s"\n'


class Served:
    """`breakwater serve` on free ports, until the end of a `with`. `cpu` and `wall` tell how long it took to listen."""

    def __init__(self, binary, folder, state):
        (folder / "breakwater.toml").write_text(SETTINGS)
        self.command = [binary, "serve", "--policy", folder / "policy.toml", "--config", folder / "breakwater.toml",
                        "--state", state, "--listen", "127.0.0.1:0"]

    def __enter__(self):
        begin = time.monotonic()
        self.child = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
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

    def cpu_a_request(self, hosts):
        """Of requests for blocked hosts, one after the other over one connection."""
        with socket.create_connection(("127.0.0.1", self.port)) as connection, connection.makefile("rb") as answers:
            before = self.cpu_seconds()
            for host in hosts:
                connection.sendall(f"GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
                self.expect_block(host, answers)
            return (self.cpu_seconds() - before) / len(hosts)

    @staticmethod
    def expect_block(host, answers):
        status = answers.readline()
        if b" 403 " not in status:
            raise SystemExit(f"{host} is answered {status}")
        length = 0
        while (field := answers.readline()) != b"\r\n":
            name, _, value = field.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        answers.read(length)


def compared(one, other, hosts_of_one, hosts_of_other, rounds):
    """CPU of a request of each of two gateways in turn, the medians: what else the machine does hits both."""
    pairs = [(one.cpu_a_request(hosts_of_one()), other.cpu_a_request(hosts_of_other())) for _ in range(rounds + 1)]
    return [statistics.median(costs) for costs in zip(*pairs[1:])]  # the first round fills caches
