"""Measures Breakwater beside squid, HAProxy and no proxy at all, everything on loopback, and prints ratios.

bench/run builds what is needed and calls this. Only ratios inside one run mean anything: see bench/README.md.
"""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import names
import tables
from peers import PEERS, Bench
from process import Failed, Process, loopback_listener, raise_descriptor_limit

os.environ["PATH"] += ":/usr/sbin"  # where Debian keeps nginx, squid and haproxy; not in every user's PATH
ROOT = pathlib.Path(__file__).resolve().parents[2]
BODY = 1024
WARMUP = 0.5


@dataclasses.dataclass
class Mode:
    name: str
    title: str
    generator: list
    hosts: str = "allowed"
    tunnel: bool = False   # starts with a ClientHello
    refused: bool = False  # the answer is 403
    streams: bool = False

    @property
    def unit(self):
        return "MiB/s" if self.streams else "requests/s"

    @property
    def cpu_unit(self):
        return "GiB" if self.streams else "1,000"

    def origin_port(self, bench):
        return bench.tls_port if self.tunnel else bench.http_port


GET = ["--body", str(BODY)]
MODES = {mode.name: mode for mode in (
    Mode("get", f"keep-alive GET of 1 KiB, 64 connections, {names.ALLOWED:,} names",
         ["get", *GET, "--connections", "64"]),
    Mode("get-64", "the same with 64 names: origin connections are warm", ["get", *GET, "--connections", "64"],
         hosts="few"),
    Mode("get-one", "the same over 1 connection: what a request waits", ["get", *GET, "--connections", "1"],
         hosts="few"),
    Mode("get-new", "a new connection for each GET, 64 at once", ["get-new", *GET, "--connections", "64"]),
    Mode("connect", "CONNECT, ClientHello, first bytes back, close; 64 at once", ["connect", "--connections", "64"],
         tunnel=True),
    Mode("blocked", "keep-alive GET of listed names: 403, 64 connections", ["blocked", "--connections", "64"],
         hosts="blocked", refused=True),
    Mode("bulk", "one tunnel, data down", ["bulk", "--connections", "1"], tunnel=True, streams=True),
    Mode("bulk-16", "16 tunnels, data down", ["bulk", "--connections", "16"], tunnel=True, streams=True),
    Mode("bulk-up", "one tunnel, data up", ["bulk", "--direction", "up", "--connections", "1"], tunnel=True,
         streams=True),
)}
QUICK = {"modes": "get,get-64,get-new,connect,blocked,bulk,bulk-16", "peers": "direct,squid,breakwater", "list_size": 100_000,
         "rounds": 2, "seconds": 2.0}
FULL = {"modes": ",".join(MODES), "peers": ",".join(PEERS), "list_size": 1_000_000, "rounds": 3, "seconds": 4.0}


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="what CI runs: squid only, a short list, under 2.5 minutes")
    parser.add_argument("--modes", help=f"of {','.join(MODES)}")
    parser.add_argument("--peers", help=f"of {','.join(PEERS)}; a missing one is an error when named here")
    parser.add_argument("--list-size", type=int, help="domains in the list (default 1,000,000)")
    parser.add_argument("--rounds", type=int, help="over all peers in turn (default 3)")
    parser.add_argument("--seconds", type=float, help="measured in each run (default 4, at most 60)")
    parser.add_argument("--origin", choices=["nginx", "own"], default="nginx" if shutil.which("nginx") else "own",
                        help="who answers GET")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="folder of the binaries")
    parser.add_argument("--markdown", type=pathlib.Path, help="write the tables to this file too")
    parser.add_argument("--json", type=pathlib.Path, help="write every run to this file")
    options = parser.parse_args()
    options.explicit = options.peers is not None
    for key, value in (QUICK if options.quick else FULL).items():
        if getattr(options, key) is None:
            setattr(options, key, value)
    for key, known in (("modes", MODES), ("peers", PEERS)):
        chosen = getattr(options, key).split(",")
        if unknown := [word for word in chosen if word not in known]:
            parser.error(f"--{key}: there is no {unknown[0]}")
        setattr(options, key, chosen)
    if options.rounds < 1 or not 0.1 <= options.seconds <= 60 or options.list_size < 1000:
        parser.error("--rounds from 1, --seconds from 0.1 to 60, --list-size from 1,000")
    return options


def say(text):
    print(text, file=sys.stderr, flush=True)


def start_origins(stack, options, folder):
    """(port that answers GET, port that answers a ClientHello)"""
    generator = options.build / "load_generator"
    own = stack.enter_context(Process("origin", [generator, "origin", "--body", str(BODY)], folder / "origin.log",
                                      stdout=subprocess.PIPE))
    tls_port = own.announced_port()
    if options.origin == "own":
        return tls_port, tls_port
    # nginx takes the listening socket over as it would from its predecessor at an upgrade: no wildcard bind that
    # other networks could see, and no port that somebody else takes in between.
    listener = stack.enter_context(loopback_listener())
    port = listener.getsockname()[1]
    temporary = "\n".join(f"  {kind}_temp_path {folder}/nginx-{kind};"
                          for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid {folder}/nginx.pid;
events {{ worker_connections 16000; multi_accept on; }}
http {{
{temporary}
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 75s;
  server {{ listen 0.0.0.0:{port} backlog=4096; default_type text/html; location / {{ return 200 "{'x' * BODY}"; }} }}
}}
""")
    log = folder / "nginx.log"
    stack.enter_context(Process("nginx", ["nginx", "-e", log, "-c", folder / "nginx.conf"], log,
                                env={**os.environ, "NGINX": f"{listener.fileno()};"}, pass_fds=[listener.fileno()]))
    return port, tls_port


def prepare(stack, options):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-bench-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # squid drops root and still reads its files
    say(f"making {options.list_size:,} listed names")
    allowed, listed, blocked = names.make(options.list_size)
    (folder / "hosts").write_text("".join(f"{names.address(i)} {name}\n" for i, name in enumerate(allowed)))
    (folder / "allowed").write_text("\n".join(allowed))
    (folder / "few").write_text("\n".join(allowed[:64]))
    (folder / "blocked").write_text("\n".join(blocked))
    http_port, tls_port = start_origins(stack, options, folder)
    return Bench(folder, options.build / "breakwater", allowed, listed, blocked, folder / "hosts", http_port, tls_port)


def missing(name, options):
    if name == "breakwater":
        binary = options.build / "breakwater"
        return "" if binary.exists() else f"{binary} is not built"
    return PEERS[name].missing()


def start_peers(stack, options, bench):
    peers = []
    for name in options.peers:
        if reason := missing(name, options):
            if options.explicit or name == "breakwater":
                raise Failed(reason)
            say(f"without {name}: {reason}")
            continue
        peer = PEERS[name](bench)
        say(f"starting {name}")
        peer.start(stack)
        peers.append(peer)
    return peers


def measure(options, bench, peer, mode, where):
    """One run of the load generator against one peer, with the CPU that the peer used meanwhile."""
    command = [options.build / "load_generator", *mode.generator, *where, "--hosts", bench.folder / mode.hosts, "--spread", "--json",
               "--duration", str(options.seconds), "--warmup", str(WARMUP)]
    before = peer.process.cpu_seconds() if peer.process else None
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True,
                          timeout=options.seconds + 60)
    if done.returncode not in (0, 1):
        raise Failed(f"the load generator: {done.stderr.strip()}")
    run = json.loads(done.stdout)
    run["rate"] = run["mib_per_second" if mode.streams else "requests_per_second"]
    run["cpu"] = None
    if peer.process:
        peer.process.check()
        work = run["bytes_total"] / 2**30 if mode.streams else run["requests_total"] / 1000
        run["cpu"] = (peer.process.cpu_seconds() - before) / work if work else None
    return run


def measure_all(options, bench, peers):
    """mode -> peer -> a run for each round. The order of the peers turns round, so that none is always first."""
    results = {mode: {peer.name: [] for peer in peers} for mode in options.modes}
    for number in range(options.rounds):
        for name in options.modes:
            mode = MODES[name]
            for peer in peers if number % 2 == 0 else peers[::-1]:
                where = peer.arguments(mode)
                if where is None:
                    continue
                run = measure(options, bench, peer, mode, where)
                results[name][peer.name].append(run)
                say(f"round {number + 1}/{options.rounds}  {name:9} {peer.name:11} {run['rate']:>11,.0f} {mode.unit}"
                    + (f"  ERRORS {run['errors_by_kind']}" if run["errors"] else ""))
    return {mode: {peer: runs for peer, runs in by_peer.items() if runs} for mode, by_peer in results.items()}


def describe(options, peers):
    lines = [f"{os.cpu_count()} CPUs shared by generator, proxy and origin ({options.origin} for GET), kernel "
             f"{platform.release()}, load before {os.getloadavg()[0]:.1f}; {options.list_size:,} listed domains, "
             f"{names.ALLOWED:,} allowed names; {options.rounds} rounds of {options.seconds:g} s; median (min to max)."]
    lines += [f"- {peer.name}: {peer.note}" for peer in peers]
    return lines


def start_table(peers):
    lines = ["| peer | list in force after, s | memory after the runs, MiB |", "|---|---|---|"]
    return lines + [f"| {peer.name} | {peer.seconds_to_ready:.2f} | {peer.process.memory_mib():.0f} |"
                    for peer in peers if peer.process]


def write_results(options, peers, head, results):
    text = [*head, ""]
    for name, by_peer in results.items():
        if by_peer:
            text += [f"### {name}: {MODES[name].title}", "", *tables.table(MODES[name], by_peer), ""]
    text += ["### Start", "", *start_table(peers)]
    print("\n".join(text))
    if options.markdown:
        options.markdown.write_text("\n".join(text) + "\n")
    if options.json:
        options.json.write_text(json.dumps({"list_size": options.list_size, "cpus": os.cpu_count(), "modes": results},
                                           indent=1) + "\n")


def main():
    options = parse_arguments()
    if not (options.build / "load_generator").exists():
        raise Failed(f"{options.build}/load_generator is not built: bench/run builds it")
    raise_descriptor_limit()
    start = time.monotonic()
    with contextlib.ExitStack() as stack:
        bench = prepare(stack, options)
        peers = start_peers(stack, options, bench)
        head = describe(options, peers)
        results = measure_all(options, bench, peers)
        write_results(options, peers, head, results)
    say(f"{time.monotonic() - start:.0f} s in all")
    wrong = {peer.name: sum(run["errors"] for by_peer in results.values() for run in by_peer.get(peer.name, []))
             for peer in peers}
    for name, count in wrong.items():
        if count:
            say(f"{name}: {count:,} answers were wrong or missing")
    return 1 if wrong.get("breakwater") else 0  # a peer's failures are told; only ours fail the run


ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def leave(number, _frame):
    for ending in ENDINGS:
        signal.signal(ending, signal.SIG_IGN)  # a second one must not cut the clearing up short
    raise SystemExit(128 + number)


if __name__ == "__main__":
    for ending in ENDINGS:
        signal.signal(ending, leave)
    try:
        sys.exit(main())
    except Failed as failure:
        say(f"bench: {failure}")
        sys.exit(2)
