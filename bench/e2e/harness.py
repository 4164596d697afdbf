"""Measures Breakwater beside what one could install instead, everything on loopback: tables, a chart, and ratios.

bench/run installs and builds what is needed and calls this. Only ratios inside one run mean anything: bench/README.md.
"""

import contextlib
import json
import os
import pathlib
import platform
import shlex
import shutil
import subprocess
import sys
import tempfile
import time

import chart
import names
import namespace
import options as command_line
import origins
import ratios
import recorded
import tables
from modes import MODES
from peers import PEERS, Bench
from process import Failed, raise_descriptor_limit, run_to_exit


def say(text):
    print(text, file=sys.stderr, flush=True)


def prepare(stack, options, own_network):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="breakwater-bench-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)  # squid and e2guardian drop root and still read their files
    say(f"making {options.list_size:,} listed names")
    allowed, listed, blocked = names.make(options.list_size)
    (folder / "hosts").write_text("".join(f"{names.address(i)} {name}\n" for i, name in enumerate(allowed)))
    (folder / "allowed").write_text("\n".join(allowed))
    (folder / "few").write_text("\n".join(allowed[:64]))
    (folder / "blocked").write_text("\n".join(blocked))
    http_port, tls_port = origins.start(stack, options, folder)
    return Bench(folder, options.build / "breakwater", allowed, listed, blocked, folder / "hosts", http_port, tls_port,
                 own_network)


def start_peer(stack, bench, name):
    if reason := PEERS[name].missing(bench):
        raise Failed(reason)
    say(f"starting {name}")
    peer = PEERS[name](bench)
    peer.start(stack)
    return peer


def start_peers(stack, options, bench):
    peers = []
    for name in options.peers:
        try:
            peers.append(start_peer(stack, bench, name))
        except Failed as reason:
            if options.explicit or name == "breakwater":
                raise
            say(f"without {name}: {reason}")
    return peers


def measure(options, bench, peer, mode, where):
    """One run of the load generator against one peer, with the CPU that the peer used meanwhile."""
    command = [options.build / "load_generator", *mode.generator, *where, "--hosts", bench.folder / mode.hosts, "--spread",
               "--json", "--duration", options.seconds, "--warmup", options.warmup]
    before = peer.process.cpu_seconds() if peer.process else None
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=options.seconds + 120,
                          check=False)
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


def measure_mode(options, bench, peers, mode, number):
    """name -> its run of this round. The order of the peers turns round, so that none is always first."""
    runs = {}
    with namespace.interception(peers, bench.tls_port) if mode.intercepted else contextlib.nullcontext():
        for peer in peers if number % 2 == 0 else peers[::-1]:
            where = peer.arguments(mode)
            if where is None:
                continue
            run = runs[peer.name] = measure(options, bench, peer, mode, where)
            say(f"round {number + 1}  {mode.name:9} {peer.name:13} {run['rate']:>11,.0f} {mode.unit}"
                + (f"  ERRORS {run['errors_by_kind']}" if run["errors"] else ""))
    return runs


def measure_all(options, bench, peers, modes, rounds):
    """mode -> peer -> a run for each round."""
    results = {mode: {peer.name: [] for peer in peers} for mode in modes}
    for number in range(rounds):
        for name in modes:
            for peer, run in measure_mode(options, bench, peers, MODES[name], number).items():
                results[name][peer].append(run)
    return {mode: {peer: runs for peer, runs in by_peer.items() if runs} for mode, by_peer in results.items()}


def medians(results):
    return {mode: found for mode, by_peer in results.items() if (found := ratios.medians(MODES[mode], by_peer))}


def processor():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def describe(options):
    """What a reader must know to judge the figures; before anything is measured."""
    return {"command": shlex.join(["bench/run", *sys.argv[1:]]), "processor": processor(), "cpus": os.cpu_count(),
            "kernel": ".".join(platform.release().split(".")[:2]), "load_before": os.getloadavg()[0], "listed_domains": options.list_size,
            "rounds": options.rounds, "seconds": options.seconds}


def caption(about):
    return [f"{about['cpus']} CPUs ({about['processor']}) shared by generator, proxy and origin, kernel {about['kernel']}, "
            f"load before {about['load_before']:.1f}",
            f"{about['listed_domains']:,} listed domains; rounds of {about['seconds']:g} s, median of {about['rounds']}"]


def start_table(peers):
    return tables.markdown([["peer", "list in force after, s", "memory after the runs, MiB (PSS)", "how it is set up"]] + [
        [peer.name, f"{peer.seconds_to_ready:.2f}" if peer.process else "-",
         f"{peer.process.memory_mib():.0f}" if peer.process else "-", peer.note] for peer in peers])


def write_results(options, peers, about, results):
    text = [f"`{about['command']}`: {'; '.join(caption(about))} (min to max).", "",
            *tables.bar_table([MODES[name] for name in options.modes], results), ""]
    for name, by_peer in results.items():
        if by_peer:
            text += [f"### `{name}`: {MODES[name].title}", "", *tables.mode_table(MODES[name], by_peer), ""]
    text = "\n".join([*text, "### Peers", "", *start_table(peers)])
    print(text)
    for path, content in ((options.json, json.dumps({**about, "modes": results}, indent=1)), (options.markdown, text),
                          (options.chart, chart.draw(results, "CPU and waiting, shorter is better", caption(about)))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.rstrip("\n") + "\n")


def hold_to_recorded(options, peers, results, measure_again):
    """Whether no ratio is worse than recorded. The machine may be shared: what misses is measured once more, for longer."""
    before = recorded.read(options.recorded, [peer.name for peer in peers])
    measured = medians(results)
    if without := recorded.unmeasured(before, measured):
        say(f"recorded, but not measured here: {', '.join(without)}")
    first = recorded.misses(before, measured)
    again = sorted({mode for mode, *_ in first}, key=options.modes.index)
    if not again:
        return True
    say(f"worse than recorded, measured once more: {', '.join(again)}")
    measured = medians(measure_again(again, 2 * options.rounds + 1))
    lost = [(mode, metric) for mode, metric, *_ in first if metric not in measured.get(mode, {})]
    for mode, metric in lost:
        say(f"{mode}: {tables.METRICS[metric]} could not be measured again")
    missed = recorded.misses(before, measured)
    for mode, metric, ratio, ratio_before in missed:
        say(f"{mode}: {tables.METRICS[metric]} is {ratio:.2f} of the best peer's; recorded is {ratio_before:.2f}")
    return not missed and not lost


def run(options, own_network):
    about = describe(options)
    measured = []
    with contextlib.ExitStack() as stack:
        bench = prepare(stack, options, own_network)
        peers = start_peers(stack, options, bench)

        def measure_modes(modes, rounds):
            measured.append(measure_all(options, bench, peers, modes, rounds))
            return measured[-1]

        results = measure_modes(options.modes, options.rounds)
        write_results(options, peers, about, results)
        good = True
        if options.record:
            more = [measure_modes(options.modes, options.rounds) for _ in range(2)]
            recorded.write(options.recorded, about, [peer.name for peer in peers],
                           [medians(each) for each in (results, *more)])
        elif options.quick:
            good = hold_to_recorded(options, peers, results, measure_modes)
    wrong = {peer.name: sum(run["errors"] for each in measured for by_peer in each.values() for run in by_peer.get(peer.name, []))
             for peer in peers}
    for name, count in wrong.items():
        if count:
            say(f"{name}: {count:,} answers were wrong or missing")
    return 0 if good and not wrong.get("breakwater") else 1  # a peer's failures are told; only ours fail the run


def main():
    os.environ["PATH"] += ":/usr/sbin"  # where Debian keeps nginx, squid, haproxy and nft; not in every user's PATH
    own_network, why_not = namespace.enter()
    options = command_line.parse(__doc__)
    if not (options.build / "load_generator").exists():
        raise Failed(f"{options.build}/load_generator is not built: bench/run builds it")
    without = [] if own_network else [name for name in options.modes if MODES[name].intercepted]
    if without:
        if options.record or without == options.modes:
            raise Failed(f"{without[0]} cannot be measured: {why_not}")
        say(f"without {', '.join(without)}: {why_not}")
        options.modes = [name for name in options.modes if name not in without]
    raise_descriptor_limit()
    start = time.monotonic()
    code = run(options, own_network)
    say(f"{time.monotonic() - start:.0f} s in all")
    return code


if __name__ == "__main__":
    run_to_exit(main)
