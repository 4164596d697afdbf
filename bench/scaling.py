#!/usr/bin/python3
"""How many cores, how much memory and how many gateways do so many learners need? The model of bench/scaling.md.

bench/scaling.py [--run FILE] [--learners 100,500] [assumptions]: FILE is what `bench/run --json FILE` has measured here.
"""

import argparse
import json
import math
import pathlib
import statistics

# bench/run: CPU seconds for 1,000 of each, and for a GiB through a tunnel.
CPU = {"connect": 0.104, "get": 0.026, "blocked": 0.014, "bulk": 0.29}
PROGRAM_MIB = 40            # without lists and connections
ENTRY = 16.6 + 51           # bytes: in force, and while the next version is made from text (bench/categories/scale.py)
TUNNEL_KIB = 3.2 + 10       # bench/e2e/openings.py: the gateway's, and the kernel's for its two sockets
LINE = 375                  # bytes of the access log
DESCRIPTORS = 262_144       # deploy/systemd/breakwater.service; two for a tunnel
MIB, GIB = 2**20, 2**30


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", type=pathlib.Path, help="CPU figures measured by bench/run --json FILE")
    parser.add_argument("--learners", default="100,500,2000,10000", help="one row each")
    for name, default, text in (
            ("active", 0.8, "share of learners who browse in the busiest minute"),
            ("connects", 30, "CONNECTs of an active learner in a minute"),
            ("gets", 2, "plain HTTP requests of one in a minute"),
            ("blocked", 1, "of them refused"),
            ("burst", 3, "times that, when a bell opens what was closed"),
            ("mbit", 1.0, "Mbit/s of an active learner"),
            ("tunnels", 20, "open at once, of an active learner"),
            ("hours", 2, "of browsing of a learner in a day, for the log"),
            ("entries", 2_000_000, "in the lists"),
            ("load", 0.5, "share of a core that may be in use"),
            ("cores", 4, "of a gateway")):
        parser.add_argument(f"--{name}", type=type(default), default=default, help=f"{text} ({default})")
    return parser.parse_args()


def measured(path):
    """CPU of the gateway by mode: what the run has, and the figures above for the rest."""
    modes = json.loads(path.read_text())["modes"]
    return CPU | {mode: statistics.median(run["cpu"] for run in modes[mode]["breakwater"])
                  for mode in CPU if modes.get(mode, {}).get("breakwater")}


def row(learners, cpu, options):
    active = learners * options.active
    per_second = options.burst * active / 60
    work = {"connect": per_second * options.connects / 1000, "get": per_second * options.gets / 1000,
            "blocked": per_second * options.blocked / 1000, "bulk": active * options.mbit * 1e6 / 8 / GIB}
    cores = sum(amount * cpu[kind] for kind, amount in work.items()) / options.load
    tunnels = active * options.tunnels
    gateways = max(math.ceil(cores / options.cores), math.ceil(2 * tunnels / DESCRIPTORS))
    memory = PROGRAM_MIB + (options.entries * ENTRY + tunnels / gateways * TUNNEL_KIB * 1024) / MIB
    log = learners * options.hours * 60 * (options.connects + options.gets) * LINE / GIB
    return (f"| {learners:,} | {per_second * options.connects:,.0f} | {active * options.mbit:,.0f} | {tunnels:,.0f} | {cores:.2f} | "
            f"{gateways} + 1 | {memory:,.0f} | {log:.2f} |")


def main():
    options = parse_arguments()
    cpu = measured(options.run) if options.run else CPU
    print("| learners | CONNECT/s | Mbit/s | tunnels | cores | gateways | MiB each | log a day, GiB |\n|---|---|---|---|---|---|---|---|")
    for learners in options.learners.split(","):
        print(row(int(learners), cpu, options))


if __name__ == "__main__":
    main()
