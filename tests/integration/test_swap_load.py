"""Catalogues of a million entries are swapped under load: nothing fails, mixes, waits or stays behind."""

import itertools
import signal
import statistics
import time

from support.load import Load
from support.pace import SANITIZED
from support.wait import until

#  Each round is some time of load without a swap, and then swaps under the same load: the pace of a machine that others
#  use too changes from minute to minute.
ROUNDS, SWAPS_A_ROUND = (2, 3) if SANITIZED else (10, 10)
CALM = 1.5  # seconds
SCALE = 10 if SANITIZED else 1

VERSIONS = ("spring", "autumn")  # which block the same hosts, each by a list and a rule of its own
LISTED = [f"listed{number}.test" for number in range(4)]
POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[[lists.feed]]
name = "common"
path = "common.txt"
category = "phishing"
[[lists.feed]]
name = "{version}"
path = "{version}.txt"
category = "malware"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[[rule]]
name = "rule of {version}"
block = ["malware", "phishing"]
"""


def domains(word):
    """Half a million, in no order."""
    return "".join(f"{word}-{each * 2654435761 % 2**32:08x}.com\n" for each in range(500_000 // SCALE))


def test_swaps_of_a_million_entries_under_load(start_gateway, nginx):
    lists = {version: domains(version) + "\n".join(LISTED) for version in VERSIONS}
    policies = {version: POLICY.format(version=version) for version in VERSIONS}
    gateway = start_gateway(policy=policies["spring"], lists={}, settings={"proxy.threads": 2},
                            files={"common.txt": domains("common"), "spring.txt": lists["spring"]})
    took = []

    def swap(version):
        # The list is a new one each time, and read anew; the rename of the policy that names it is the change.
        number = len(took) + 2
        gateway.replace(f"{version}.txt", f"# {number}\n{lists[version]}")
        gateway.replace("policy.toml", policies[version])
        begin = time.monotonic()
        gateway.child.send_signal(signal.SIGHUP)
        gateway.wait_for_stderr(f"version {number}\n")
        took.append(time.monotonic() - begin)

    following = itertools.cycle(reversed(VERSIONS))
    calm, busy, longest, resident = [], [], [], []
    with Load(gateway, {**{f"http://{host}/": 403 for host in LISTED}, nginx.url("/small.txt"): 200},
              connections=10, rate=400) as load:
        for _ in range(ROUNDS):
            begin = time.monotonic()
            time.sleep(CALM)
            calm.append(load.quantile(0.99, begin))
            resident.append(gateway.resident_kib())
            begin = time.monotonic()
            for version in itertools.islice(following, SWAPS_A_ROUND):
                swap(version)
            busy.append(load.quantile(0.99, begin))
            longest.append(load.quantile(1, begin))
        time.sleep(CALM)  # the last swap is to show as well
    until(lambda: len(gateway.log_now()) == len(load.samples), "every request in the access log")
    if not SANITIZED:
        until(lambda: gateway.resident_kib() < 1.15 * resident[0], "what was in force before to be forgotten")
    resident.append(gateway.resident_kib())
    calm_p99, busy_p99 = (1000 * statistics.median(windows) for windows in (calm, busy))
    print(f"{len(took)} swaps of {statistics.median(took):.2f} s (at most {max(took):.2f} s), "
          f"{len(load.samples)} requests; p99 {calm_p99:.2f} ms, during swaps {busy_p99:.2f} ms, the longest of a round "
          f"{1000 * statistics.median(longest):.1f} ms, of all {1000 * max(longest):.1f} ms; "
          f"resident {resident[0]} KiB, after {resident[-1]} KiB")

    assert load.failures == []
    seen = [(line["list"], line["rule"]) for line in gateway.log_now() if line["action"] == "block"]
    assert set(seen) == {(f"{version}/{version}.txt", f"rule of {version}") for version in VERSIONS}
    assert len(list(itertools.groupby(seen))) > len(took)  # every swap shows
    if not SANITIZED:
        # Less than twice. The milliseconds are the scheduler's: on a shared machine that much is twice nothing.
        assert busy_p99 < max(2 * calm_p99, calm_p99 + 10)
        assert abs(resident[-1] - resident[0]) < 0.15 * resident[0]
