"""The whole of a real feed, through the live gateway. BREAKWATER_SHARED names the data; skips where it is not there."""

import os
import pathlib
import random
import re
import shutil

import pytest

from support.pace import SANITIZED
from support.peer import get

SHARED = pathlib.Path(os.environ.get("BREAKWATER_SHARED") or pathlib.Path(__file__).parents[3] / "shared")
UT1 = SHARED / "data" / "lists" / "ut1"
SAMPLE = 200
BLOCKED = ["gambling", "agressif", "drogue", "malware", "phishing", "warez", "hacking",
           "vpn"]  # folders whose categories are in the floor below

pytestmark = pytest.mark.skipif(not UT1.is_dir(), reason=f"{UT1} is not there")

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[[lists.feed]]
name = "ut1"
path = "{path}"
format = "squidguard"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[floor]
categories = ["gambling", "extremism", "drugs", "malware", "phishing", "piracy", "hacking", "circumvention"]
"""


@pytest.fixture
def feed(tmp_path):
    """The feed, or what of it a sanitizer build reads in time."""
    if not SANITIZED:
        return UT1
    for folder in ("gambling", "agressif", "warez"):
        shutil.copytree(UT1 / folder, tmp_path / "ut1" / folder)
    return tmp_path / "ut1"


def sample_of(feed):
    """Host names of the lists, with a seed of its own: the same ones at each run."""
    names = []
    for folder in BLOCKED:
        if (feed / folder / "domains").is_file():
            lines = (feed / folder / "domains").read_text(errors="replace").splitlines()
            names.append([line for line in lines
                          if re.fullmatch(r"[a-z0-9-]{1,40}(\.[a-z0-9-]{1,40}){0,3}\.[a-z]{2,10}", line)])
    chance = random.Random(20261123)
    return [chance.choice(chance.choice(names)) for _ in range(SAMPLE)]


def test_the_whole_feed_loads_and_a_blocked_host_is_led_back_to_its_very_line(start_gateway, feed):
    gateway = start_gateway(policy=POLICY.format(path=feed), lists={})
    count = int(re.search(r"in force: (\d+) entries", gateway.stderr())[1])
    assert count > 0.9 * sum(file.read_bytes().count(b"\n")
                               for file in feed.glob("*/domains"))  # doubles and dirt are left out
    hosts = sample_of(feed)
    with gateway.connect() as client:
        for number, host in enumerate(hosts):
            name = host if number % 2 else f"www.{host}"
            answer = client.send(get(f"http://{name}/")).response()
            assert (answer.status, host in answer.text) == (403, True), host
        assert client.send(get("http://www.gov.uk.test:1/")).response().status == 502
    lines = gateway.log_lines(SAMPLE + 1)[:SAMPLE]
    own = 0
    for host, line in zip(hosts, lines, strict=True):
        assert line["reason"] == "floor" and line["list"].startswith("ut1/")
        entries = (feed / line["list"].removeprefix("ut1/")).read_bytes().split(b"\n")
        entry = entries[line["line"] - 1].decode().strip().lower()
        assert line["host"] == entry or line["host"].endswith("." + entry), line
        own += entry == host
    assert own > SAMPLE * 0.9  # the others are blocked by the entry of a parent
