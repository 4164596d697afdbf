"""The command line of the harness."""

import argparse
import pathlib
import shutil

from modes import MODES
from peers import PEERS

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXIT = """exit: 0 measured; 1 the gateway gave a wrong answer, or --quick found a ratio worse than recorded by more than 25 %, twice;
2 it could not be measured here"""
QUICK = {"modes": "get,get-one,get-new,connect,tls,blocked,bulk,bulk-16", "peers": "breakwater,haproxy,nginx,squid",
         "list_size": 100_000, "rounds": 3, "seconds": 1.0, "warmup": 0.3}
FULL = {"modes": ",".join(MODES), "peers": ",".join(PEERS), "list_size": 1_000_000, "rounds": 3, "seconds": 2.5, "warmup": 0.5}


def parse(description):
    parser = argparse.ArgumentParser(description=description, epilog=EXIT, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="what CI runs: fewer peers, a short list, held to what is recorded")
    parser.add_argument("--record", action="store_true", help="with --quick: measure three times, record the worst of the medians")
    parser.add_argument("--recorded", type=pathlib.Path, default=ROOT / "bench" / "recorded.json", help="the file of that")
    parser.add_argument("--modes", help=f"of {','.join(MODES)}")
    parser.add_argument("--peers", help=f"of {','.join(PEERS)}; a missing one is an error when named here")
    parser.add_argument("--list-size", type=int, help="domains in the list")
    parser.add_argument("--rounds", type=int, help="over all peers in turn")
    parser.add_argument("--seconds", type=float, help="measured in each run, at most 60")
    parser.add_argument("--warmup", type=float, help="seconds before that")
    parser.add_argument("--origin", choices=["nginx", "own"], default="nginx" if shutil.which("nginx") else "own",
                        help="who answers GET")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="folder of the binaries")
    for kind, ending in (("markdown", "md"), ("json", "json"), ("chart", "svg")):
        parser.add_argument(f"--{kind}", type=pathlib.Path, help=f"(build/bench/figures.{ending})",
                            default=ROOT / "build" / "bench" / f"figures.{ending}")
    options = parser.parse_args()
    if options.record and (options.modes or options.peers or not options.quick):
        parser.error("--record is of the whole of --quick")
    options.explicit = options.peers is not None
    for key, value in (QUICK if options.quick else FULL).items():
        if getattr(options, key) is None:
            setattr(options, key, value)
    for key, known in (("modes", MODES), ("peers", PEERS)):
        chosen = getattr(options, key).split(",")
        if unknown := [word for word in chosen if word not in known]:
            parser.error(f"--{key}: there is no {unknown[0]}")
        setattr(options, key, chosen)
    if options.rounds < 1 or not 0.1 <= options.seconds <= 60 or not 0 <= options.warmup <= 60 or options.list_size < 1000:
        parser.error("--rounds from 1, --seconds from 0.1 to 60, --warmup to 60, --list-size from 1,000")
    return options
