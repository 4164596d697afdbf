"""What does a tunnel that says nothing cost: memory, and CPU of everybody else's requests?

Opens tunnels (CONNECT, ClientHello, the origin's first bytes), leaves them idle, opens more: the growth of the proportional
set size between the two, by tunnel. HAProxy, which has no CONNECT, passes TLS on by its SNI. Then GETs over 64 connections
while all tunnels stand, and without them before and after. A tunnel is two descriptors and two ports: their limits are told.
Exit 1: a tunnel fell or a request failed. What the kernel keeps for sockets is in no process: it is told beside.
"""

import argparse
import contextlib
import json
import os
import pathlib
import resource
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

import gateway
import namespace
from process import Failed, Process, client_hello, free_port, raise_descriptor_limit, run_to_exit

os.environ["PATH"] += ":/usr/sbin"
ROOT = pathlib.Path(__file__).resolve().parents[2]
NAME = "idle.example"
APPLICATION_DATA = 23
PORTS = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")  # of one address to one destination
RESERVE = 700  # descriptors for all but the two ends of a tunnel


class Breakwater:
    name = "breakwater"

    def start(self, stack, options, folder, origin):
        self.origin = origin
        (folder / "hosts").write_text(f"127.0.1.1 {NAME}\n")
        command = gateway.serve(options.build / "breakwater", folder, [], folder / "hosts", origin)
        self.process = stack.enter_context(Process(self.name, command, folder / "output", stdout=subprocess.PIPE))
        self.port = self.tunnel_port = self.process.announced_port()

    def ask_for_tunnel(self, connection):
        connection.sendall(f"CONNECT {NAME}:{self.origin} HTTP/1.1\r\nHost: {NAME}:{self.origin}\r\n\r\n".encode())
        answer = connection.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200 "):
            raise Failed(f"CONNECT is answered {answer[:100]}")


class Haproxy:
    name = "haproxy"

    def start(self, stack, options, folder, origin):
        self.port, self.tunnel_port = free_port(), free_port()
        (folder / "haproxy.cfg").write_text(f"""global
  maxconn {options.tunnels + 200}
  tune.pool-high-fd-ratio 100
  tune.pool-low-fd-ratio 100
defaults
  timeout connect 5s
  timeout client 15m
  timeout server 15m
  timeout http-keep-alive 15m
listen http
  mode http
  bind 127.0.0.1:{self.port} backlog 4096
  http-request set-uri %[pathq]
  server origin 127.0.1.1:{origin}
listen sni
  mode tcp
  bind 127.0.0.1:{self.tunnel_port} backlog 4096
  tcp-request inspect-delay 5s
  tcp-request content accept if {{ req.ssl_sni {NAME} }}
  tcp-request content reject
  server origin 127.0.1.1:{origin}
""")
        self.process = stack.enter_context(Process(self.name, ["haproxy", "-db", "-f", folder / "haproxy.cfg"], folder / "output"))
        end = time.monotonic() + 10
        while time.monotonic() < end:
            self.process.check()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.tunnel_port)):
                return
            time.sleep(0.05)
        raise Failed("HAProxy does not listen")

    def ask_for_tunnel(self, connection):
        pass


def read_answer(connection):
    """All that the origin says to a ClientHello: records up to the first of application data."""
    with connection.makefile("rb") as stream:
        while True:
            head = stream.read(5)
            if len(head) < 5:
                raise Failed("a tunnel ended before the origin's answer")
            stream.read(int.from_bytes(head[3:], "big"))
            if head[0] == APPLICATION_DATA:
                return


def open_tunnels(peer, count, hello):
    tunnels = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", peer.tunnel_port), timeout=10)
        tunnels.append(connection)
        peer.ask_for_tunnel(connection)
        connection.sendall(hello)
        read_answer(connection)
    return tunnels


def fallen(tunnels):
    """Those on which anything happens, where nothing should."""
    poll = select.poll()
    for tunnel in tunnels:
        poll.register(tunnel, select.POLLIN)
    return len(poll.poll(0))


def kernel_kib():
    fields = dict(line.split(":") for line in pathlib.Path("/proc/meminfo").read_text().splitlines())
    return int(fields["Slab"].split()[0])


def cpu_of_requests(options, peer, origin, hosts):
    """(CPU milliseconds per 1,000, errors) of GETs over 64 connections."""
    command = [options.build / "load_generator", "get", "--target", f"127.0.0.1:{peer.port}", "--port", origin, "--hosts", hosts,
               "--connections", 64, "--requests", options.requests, "--duration", 60, "--warmup", 0, "--json"]
    before = peer.process.cpu_seconds()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise Failed(f"the load generator: {done.stderr.strip()}")
    run = json.loads(done.stdout)
    return 1e6 * (peer.process.cpu_seconds() - before) / run["requests_total"], run["errors"]


def measure(options, peer, folder):
    folder.mkdir()
    hello = client_hello(NAME)
    (folder / "names").write_text(NAME)
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(Process("origin", [options.build / "load_generator", "origin"], folder / "origin", stdout=subprocess.PIPE))
        origin = listener.announced_port()
        peer.start(stack, options, folder, origin)

        def cpu():
            return cpu_of_requests(options, peer, origin, folder / "names")

        cpu()  # connections to the origin, memory
        alone = [cpu(), cpu()]
        few = options.tunnels // 4
        tunnels = open_tunnels(peer, few, hello)
        memory, kernel = peer.process.memory_mib() * 1024, kernel_kib()
        tunnels += open_tunnels(peer, options.tunnels - few, hello)
        grown = [(after - before) / (options.tunnels - few) for before, after in
                 ((memory, peer.process.memory_mib() * 1024), (kernel, kernel_kib()))]
        beside = [cpu(), cpu(), cpu(), cpu()]
        lost = fallen(tunnels)
        for tunnel in tunnels:
            tunnel.close()
        time.sleep(2)
        alone += [cpu(), cpu()]
    return {"memory": grown[0], "kernel": grown[1], "alone": statistics.median(each for each, _ in alone),
            "beside": statistics.median(each for each, _ in beside), "errors": lost + sum(errors for _, errors in alone + beside)}


def main():
    own_network, _ = namespace.enter()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tunnels", type=int, default=8000, help="open at once; as many as the descriptors allow (8,000)")
    parser.add_argument("--requests", type=int, default=20_000, help="in each measurement of CPU (20,000)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="folder of the binaries")
    options = parser.parse_args()
    raise_descriptor_limit()
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if own_network:
        PORTS.write_text("2000 65535")
    first, last = map(int, PORTS.read_text().split())
    ports = last - first
    options.tunnels = min(options.tunnels, (hard - RESERVE) // 2, ports - RESERVE)
    print(f"{options.tunnels:,} idle tunnels ({hard:,} descriptors are the hard limit, {ports:,} ports), load {os.getloadavg()[0]:.1f}\n\n"
          "| | KiB a tunnel | kernel, all four ends, KiB | CPU ms per 1,000 GETs alone | beside the tunnels | ratio | errors |\n"
          "|---|---|---|---|---|---|---|")
    errors = 0
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-openings-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for peer in (Breakwater(), Haproxy()):
            if peer.name == "haproxy" and not shutil.which("haproxy"):
                print("haproxy is not installed", file=sys.stderr)
                continue
            run = measure(options, peer, folder / peer.name)
            print(f"| {peer.name} | {run['memory']:.2f} | {run['kernel']:.1f} | {run['alone']:.1f} | {run['beside']:.1f} | "
                  f"{run['beside'] / run['alone']:.2f} | {run['errors']} |", flush=True)
            errors += run["errors"] if peer.name == "breakwater" else 0
    return 1 if errors else 0


if __name__ == "__main__":
    run_to_exit(main)
