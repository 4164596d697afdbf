"""What do lists of millions of entries cost: from text to a catalogue in force, after an edit, and while they are served?

bench/categories/scale.py [--quick] [--build FOLDER]: makes lists in a temporary folder, the same ones each time, runs
`breakwater lists update`, which does what the gateway does at a start and at a reload, and then the gateway. Prints what
each run took beside what it may take; missing that is no error. That swaps mix nothing under load, tests/integration/
test_swap_load.py shows.
"""

import argparse
import contextlib
import json
import math
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

from served import REQUESTS, Served, compared

ROOT = pathlib.Path(__file__).resolve().parents[2]
URLS, EXPRESSIONS, NEWS = 100_000, 5_000, 10
FEW = 1_000  # domains, beside which a request of many is measured
PACE = 1  # seconds between reloads
OPEN = [f"open{number}.test" for number in range(2_000)]  # not listed, answered by an origin here
POLICY = """
[centre]
name = "Scale"
timezone = "Europe/London"
[lists]
local = "local"
[[lists.feed]]
name = "feed"
path = "feed"
format = "squidguard"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[[rule]]
name = "never"
block = ["gambling", "games", "news"]
"""

SYLLABLES = [consonant + vowel for consonant in "bcdfghklmnprstvz" for vowel in "aeio"]
PAIRS = [first + second for first in SYLLABLES for second in SYLLABLES]
ENDINGS = ["com"] * 4 + "net org co.uk info de ru io xyz top site shop bet".split()
LEFT = ["www.", "m.", "play.", ""]


def word(number):
    """Another one for each number below 2^32, in no order: 12 letters."""
    mixed = (number * 2_654_435_761 + 20_261_122) % 2**32
    return PAIRS[mixed >> 20] + PAIRS[mixed >> 8 & 4095] + PAIRS[mixed & 255]


def domain(number):
    return f"{LEFT[number % 7 % 4]}{word(number)}.{ENDINGS[number % 16]}"


def url(number):
    return f"{domain(number % 20_000)}/{word(number)}/{word(~number)}"


def expression(number):
    shapes = (r"(^|[-.]){0}[0-9]*\.(com|net|org)/", r"/{0}[-_]?{1}", r"^{0}[a-z]?{1}\.", r"[?&]{0}=[^&]*{1}")
    return shapes[number % 4].format(word(number)[:8], word(~number)[:6])


def write(file, entry, count):
    """Line by line: what this process holds would count as the peak of what it starts."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with open(file, "w") as out:
        out.writelines(f"{entry(number)}\n" for number in range(count))


def measured(command):
    """CPU seconds, wall seconds, peak in MB and standard output of one run."""
    begin = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - begin
    if child.returncode != 0:
        sys.exit(f"{' '.join(map(str, command))} ends with {child.returncode}:\n{told}")
    return usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss * 1024 / 1e6, told


class Bench:
    def __init__(self, binary, folder):
        folder.mkdir(exist_ok=True)
        self.folder, self.state, self.local = folder, folder / "state", folder / "local/news/domains"
        (folder / "policy.toml").write_text(POLICY)
        self.binary = binary

    def command(self, *words):
        return measured([self.binary, "lists", *words, "--policy", self.folder / "policy.toml", "--state", self.state])

    def run(self, what, target=""):
        cpu, wall, peak, _ = self.command("update")
        print(f"  {what:36}{cpu:8.2f}{wall:8.2f}{peak:9.0f}   {target}", flush=True)

    def phase(self, title, entries, cold="", size=""):
        shutil.rmtree(self.state, ignore_errors=True)
        write(self.local, lambda number: f"paper{number}.test", NEWS)
        print(f"{title:38}{'CPU s':>8}{'wall s':>8}{'peak MB':>9}   target")
        self.run("from text", cold)
        taken = sum(json.loads(line)["entries"] for line in self.command("--json")[3].splitlines())
        if taken != entries + NEWS:
            sys.exit(f"{taken:,} entries are in force instead of {entries + NEWS:,}")
        self.run("again, nothing changed")
        with open(self.local, "a") as file:
            file.write("one-more.test\n")
        self.run("one more line in a local list", "in force within 2 s")
        compiled = (self.state / "lists/catalogue").stat().st_size
        print(f"  compiled: {compiled / 1e6:.0f} MB, {compiled / entries:.1f} bytes an entry   {size}\n")

    def served(self):
        return Served(self.binary, self.folder, self.state, OPEN)

    def starts(self, title):
        """The median of five."""
        taken = []
        for _ in range(5):
            with self.served() as gateway:
                taken.append((gateway.cpu, gateway.wall, gateway.memory_mib()))
        cpu, wall, memory = (statistics.median(column) for column in zip(*taken))
        print(f"  {title:36}{1000 * cpu:8.0f}{1000 * wall:8.0f}{memory:9.0f}   50 ms, 173 MiB", flush=True)


@contextlib.contextmanager
def origin(generator):
    """The port of one that answers every GET."""
    with subprocess.Popen([generator, "origin"], stdout=subprocess.PIPE, text=True) as child:
        try:
            yield child.stdout.readline().rpartition(":")[2].strip()
        finally:
            child.terminate()


def serve(many, few, domains, generator, rounds):
    """The gateway on lists that are compiled: its start, its memory, its requests."""
    print(f"{'the gateway, lists compiled':38}{'CPU ms':>8}{'wall ms':>8}{'PSS MiB':>9}   target")
    few.starts(f"{FEW:,} domains, until it listens")
    many.starts(f"{domains:,} domains")
    chosen = random.Random(1)
    with few.served() as one, many.served() as other, origin(generator) as port:
        listed = {one: FEW, other: domains}

        def blocked(gateway):
            hosts = [domain(chosen.randrange(listed[gateway])) for _ in range(20_000)]
            return gateway.cpu_a_request(generator, "blocked", hosts)

        def passed(gateway):
            return gateway.cpu_a_request(generator, "get", OPEN, "--port", port)

        everywhere = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {max(everywhere)})  # where both ends are costs more than what is asked here
        pairs = {"blocked": compared(one, other, blocked, rounds), "passed on": compared(one, other, passed, rounds)}
        os.sched_setaffinity(0, everywhere)
    pairs["one of each"] = [tuple(map(statistics.mean, zip(*both))) for both in zip(*pairs.values())]
    for kind, each in pairs.items():
        small, large = map(statistics.median, zip(*each))
        more = statistics.median(large / small for small, large in each) - 1
        print(f"  CPU of a request, {kind:18}{1e6 * small:8.1f}{1e6 * large:8.1f}   us {100 * more:+.1f} %   5 %")
    print()


def reload(bench, domains, generator, times):
    """Requests at a steady pace, answered by an origin, while lists are put in force that a line was added to, and while none are."""
    def edit_and_reload():
        for number in range(times):
            time.sleep(PACE)
            with open(bench.local, "a") as file:
                file.write(f"again{number}.test\n")
            gateway.reload()

    with bench.served() as gateway, origin(generator) as port:
        lasting = ("--rate", "1000", "--duration", str(math.ceil(times * 2 * PACE)), "--port", port)
        gateway.ask(generator, "get", OPEN, "--requests", str(REQUESTS), "--duration", "60", "--port", port)  # opens connections
        calm = gateway.ask(generator, "get", OPEN, *lasting)
        busy = gateway.ask(generator, "get", OPEN, *lasting, meanwhile=edit_and_reload)
    print(f"{times} reloads of {domains:,} domains, 1,000 requests a second: {busy['errors']} of {busy['requests']:,} failed, the longest took "
          f"{busy['max_us'] / 1000:.1f} ms ({calm['max_us'] / 1000:.1f} ms without a reload)   none, 10 ms\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="500,000 domains in place of 5,000,000")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="folder of the binary")
    options = parser.parse_args()
    binary = options.build / "breakwater"
    for needed in (binary, options.build / "load_generator"):
        if not needed.is_file():
            sys.exit(f"{needed} is not there: cmake --build {options.build} --target {needed.name}")
    domains = 500_000 if options.quick else 5_000_000
    with tempfile.TemporaryDirectory(prefix="breakwater-scale-") as name:
        folder = pathlib.Path(name)
        bench, few = Bench(binary, folder / "many"), Bench(binary, folder / "few")
        folder = bench.folder
        write(folder / "feed/gambling/domains", domain, domains)
        at_full_size = "" if options.quick else "3 s of one core, 300 MB"
        bench.phase(f"{domains:,} domains", domains, at_full_size, "18 bytes an entry")
        write(few.folder / "feed/gambling/domains", domain, FEW)
        write(few.local, lambda number: f"paper{number}.test", NEWS)
        few.command("update")
        generator = options.build / "load_generator"
        serve(bench, few, domains, generator, 3 if options.quick else 20)
        million = bench
        if not options.quick:
            million = Bench(binary, folder.parent / "million")
            write(million.folder / "feed/gambling/domains", domain, 1_000_000)
            write(million.local, lambda number: f"paper{number}.test", NEWS)
            million.command("update")
        reload(million, min(domains, 1_000_000), generator, 2 if options.quick else 6)
        write(folder / "feed/games/urls", url, URLS)
        write(folder / "feed/games/expressions", expression, EXPRESSIONS)
        bench.phase(f"and {URLS:,} URLs, {EXPRESSIONS:,} expressions", domains + URLS + EXPRESSIONS)


if __name__ == "__main__":
    main()
