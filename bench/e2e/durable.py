"""How long does a learner wait for the block page where each attempt must be on disk first?

Drives the gateway with blocked requests of a concern category at a fixed rate (an open loop: each is timed from when it
was due), then counts the records in the chain. The state directory should be on the disk that is asked about: --folder.
Exit 1: the page's p99 is over 50 ms, an answer was no block page, or an attempt that was answered is not recorded.
"""

import argparse
import contextlib
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile

import names
from process import Failed, Process, run_to_exit

ROOT = pathlib.Path(__file__).resolve().parents[2]
P99_MS = 50
POLICY = """[centre]
name = "Bench"
timezone = "Europe/London"
[lists]
local = "lists"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[concern]
terrorism = "danger"
"""


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=int, default=2000, help="attempts a second (2000)")
    parser.add_argument("--seconds", type=float, default=20, help="measured, at most 60 (20)")
    parser.add_argument("--connections", type=int, default=256, help="of clients (256)")
    parser.add_argument("--folder", type=pathlib.Path, help="where the state directory is made (the temporary folder)")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="folder of the binaries")
    return parser.parse_args()


def flushes(folder):
    """Of the disk below, by anybody: the kernel's count of flush requests; None where it keeps none."""
    device = os.stat(folder).st_dev
    with contextlib.suppress(OSError, IndexError):
        return int(pathlib.Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat").read_text().split()[15])
    return None


def start_gateway(options, folder, listed):
    (folder / "lists/terrorism").mkdir(parents=True)
    (folder / "lists/terrorism/domains").write_text("".join(name + "\n" for name in listed))
    (folder / "policy.toml").write_text(POLICY)
    (folder / "breakwater.toml").write_text("[proxy]\nconnections_per_client = 8192\nconnections = 8192\n")
    command = [options.build / "breakwater", "serve", "--policy", folder / "policy.toml", "--config",
               folder / "breakwater.toml", "--listen", "127.0.0.1:0", "--state", folder / "state"]
    return Process("breakwater", command, folder / "output", stdout=subprocess.PIPE)


def recorded(state):
    with contextlib.closing(sqlite3.connect(f"file:{state}/attempts.db?mode=ro", uri=True, timeout=20)) as database:
        return database.execute("SELECT sum(coalesce(body ->> '$.count', 1)) FROM records WHERE kind = 'attempt'").fetchone()[0]


def main():
    options = parse_arguments()
    with contextlib.ExitStack() as stack:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-durable-", dir=options.folder))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        _, listed, blocked = names.make(100_000)
        (folder / "blocked").write_text("\n".join(blocked))
        with start_gateway(options, folder, listed) as gateway:
            command = [options.build / "load_generator", "blocked", "--target", f"127.0.0.1:{gateway.announced_port()}",
                       "--hosts", folder / "blocked", "--spread", "--json", "--rate", options.rate, "--connections",
                       options.connections, "--duration", options.seconds, "--warmup", 1]
            cpu, flushed = gateway.cpu_seconds(), flushes(folder)
            done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
            cpu = gateway.cpu_seconds() - cpu
            gateway.check()
        if done.returncode not in (0, 1):
            raise Failed(f"the load generator: {done.stderr.strip()}")
        run = json.loads(done.stdout)
        flushed = flushes(folder) - flushed if flushed is not None else None
        kept = recorded(folder / "state")  # with what was counted, which becomes a record at the end
    share = run["seconds"] / (run["seconds"] + 1)  # of what is told for the warm-up too
    milliseconds = {key: run[f"{key}_us"] / 1000 for key in ("p50", "p99", "p999", "max")}
    print(f"{run['requests_per_second']:,.0f} block pages a second of {options.rate:,} that were due, "
          f"{options.connections} connections: "
          + ", ".join(f"{key} {value:.1f} ms" for key, value in milliseconds.items()) + f"; {run['errors']} errors")
    print(f"{kept:,} recorded of {run['requests_total']:,} answers"
          + (f"; {flushed * share / run['seconds']:,.0f} flushes of the disk a second" if flushed is not None else "")
          + f"; {1000 * cpu / run['requests_total']:.2f} CPU seconds per 1,000; load {os.getloadavg()[0]:.1f}")
    good = run["errors"] == 0 and kept >= run["requests_total"] and milliseconds["p99"] < P99_MS
    if run["requests"] < 0.99 * options.rate * run["seconds"]:
        print("the rate was not reached")
        good = False
    return 0 if good else 1


if __name__ == "__main__":
    run_to_exit(main)
