"""What `breakwater deploy unbound` and `dnsmasq`, and `breakwater lists export --rpz`, bring a real resolver to answer."""

import contextlib
import json
import os
import shutil
import subprocess

import pytest

from support.command import run, write_centre
from support.gateway import LISTS
from support.process import end, free_port
from support.wait import until

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
exceptions = "exceptions/domains"
[[lists.feed]]
name = "feed"
path = "feed"
[[group]]
name = "learners"
networks = ["127.0.0.0/25"]
default = "allow"
[[group]]
name = "staff"
networks = ["127.0.0.128/25"]
default = "allow"
youtube = "off"
[safe_search]
locked = false
[floor]
categories = ["gambling"]
[essential]
hosts = ["essential.shop.example"]
"""
OWN_LISTS = {**LISTS, "gambling/domains": "bad.example\nx.bad.example\nBAD.example\nmünchen.example\n9.9.9.7\n",
             "gambling/expressions": "casino[0-9]\n", "allow/domains": "open.shop.example\n",
             "recategorise/news/domains": "news.shop.example\n"}
FEED = {"gambling/domains": "feed.example\nbad.example\nhelp.example\n",
        "shopping/domains": "shop.example\nopen.shop.example\na.open.shop.example\n"}
LEARNER, STAFF = "127.0.0.1", "127.0.0.129"
HTTPS = 65
ANSWERS = {
    "forcesafesearch.google.com": ["216.239.38.120", "2001:4860:4802:32::78"],
    "restrictmoderate.youtube.com": ["216.239.38.119"], "www.youtube.com": ["50.60.70.1"], "mail.google.com": ["50.60.70.2"],
    "strict.bing.com": ["204.79.197.220"], "maps.bing.com": ["50.60.70.3"], "plain.example": ["50.60.70.4"],
    "inside.example": ["10.0.0.5"], "mask.icloud.com": ["50.60.70.5"], "use-application-dns.net": ["50.60.70.6"],
    "x.bad.example": ["50.60.70.8"], "ok.feed.example": ["50.60.70.9"], "feed.example": ["50.60.70.9"], "bad.example": ["50.60.70.9"],
    "help.example": ["50.60.70.10"], "shop.example": ["50.60.70.11"], "open.shop.example": ["50.60.70.11"],
    "essential.shop.example": ["50.60.70.12"], "news.shop.example": ["50.60.70.13"],
}
RECORDS = {("plain.example", HTTPS): b"\x00\x01\x00\x00\x01\x00\x03\x02h2"}  # 1 . alpn=h2 (RFC 9460 2.2)
SETTINGS = """
proxy.pac.host = "gateway.centre.example"
deploy.interfaces = ["lo"]
deploy.addresses = ["127.0.0.5"]
"""
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
# The module of Unbound finds Debian's Python packages by this variable alone.
ENVIRONMENT = {"PATH": PATH, "PYTHONPATH": "/usr/lib/python3/dist-packages"}


@pytest.fixture
def centre(tmp_path):
    policy = write_centre(tmp_path, POLICY, OWN_LISTS)
    for name, text in {**{f"feed/{name}": text for name, text in FEED.items()},
                       "exceptions/domains": "help.example\nok.feed.example\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "breakwater.toml").write_text(SETTINGS)
    return policy


@contextlib.contextmanager
def resolver(folder, port, *command):
    """Running until the end of the test; gives ask(name, type, client)."""
    if not shutil.which("dig") or not shutil.which(command[0], path=PATH):
        pytest.skip(f"there is no dig, or no {command[0]}: deploy/install-packages test")
    log = open(folder / "resolver.log", "ab")
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=ENVIRONMENT)

    def ask(name, kind="A", client=LEARNER):
        """The status and the data of the answer."""
        words = ["dig", f"@127.0.0.1", "-p", str(port), "-b", client, "+time=20", "+tries=2", "+noall", "+comments",
                 "+answer", name, kind]
        said = subprocess.run(words, capture_output=True, text=True, timeout=90).stdout.splitlines()
        status = [line.split("status: ")[1].split(",")[0] for line in said if "status: " in line]
        return (status[0] if status else None), [line.split(None, 4)[4] for line in said if line and line[0] != ";"]

    def is_up():
        assert child.poll() is None, (folder / "resolver.log").read_text()
        words = ["dig", "@127.0.0.1", "-p", str(port), "+time=1", "+tries=1", "breakwater.internal"]
        return "status: NOERROR" in subprocess.run(words, capture_output=True, text=True, timeout=30).stdout

    try:
        until(is_up, lambda: f"{command[0]} to answer: {(folder / 'resolver.log').read_text()}")
        yield ask
    finally:
        end(child)
        log.close()


@contextlib.contextmanager
def unbound(folder, upstream, *arguments):
    policy = ("--policy", folder / "policy.toml", "--config", folder / "breakwater.toml")
    made = run("deploy", "unbound", *policy, "--out", folder / "unbound", *arguments)
    assert (made.returncode, made.stderr) == (0, "")
    port = free_port()
    (folder / "unbound.conf").write_text(f"""
server:
  port: {port}
  do-daemonize: no
  use-syslog: no
  chroot: ""
  username: ""
  directory: "{folder}"
  pidfile: ""
  do-not-query-localhost: no
forward-zone:
  name: "."
  forward-addr: 127.0.0.1@{upstream.port}
remote-control:
  control-enable: no
include: "{folder}/unbound/breakwater.conf"
""")
    if checks := shutil.which("unbound-checkconf", path=PATH):
        checked = subprocess.run([checks, folder / "unbound.conf"], capture_output=True, text=True, timeout=60, env=ENVIRONMENT)
        assert checked.returncode == 0, checked.stderr
    with resolver(folder, port, "unbound", "-d", "-c", str(folder / "unbound.conf")) as ask:
        yield ask


def test_unbound_answers_as_the_policy_says(centre, dns):
    upstream = dns(ANSWERS, records=RECORDS)
    with unbound(centre.parent, upstream) as ask:
        google = ("NOERROR", ["forcesafesearch.google.com.", "216.239.38.120"])
        for name, kind, client, expected in (
                ("www.google.co.uk", "A", LEARNER, google),
                ("google.com", "A", LEARNER, google),
                ("www.google.com", "A", STAFF, google),
                ("www.google.com", "AAAA", LEARNER, ("NOERROR", ["forcesafesearch.google.com.", "2001:4860:4802:32::78"])),
                ("mail.google.com", "A", LEARNER, ("NOERROR", ["50.60.70.2"])),
                ("bing.com", "A", LEARNER, ("NOERROR", ["strict.bing.com.", "204.79.197.220"])),
                ("maps.bing.com", "A", LEARNER, ("NOERROR", ["50.60.70.3"])),
                ("www.youtube.com", "A", LEARNER, ("NOERROR", ["restrictmoderate.youtube.com.", "216.239.38.119"])),
                ("www.youtube.com", "A", STAFF, ("NOERROR", ["50.60.70.1"])),
                ("use-application-dns.net", "A", LEARNER, ("NXDOMAIN", [])),
                ("mask.icloud.com", "A", STAFF, ("NXDOMAIN", [])),
                ("mask-h2.icloud.com", "AAAA", LEARNER, ("NXDOMAIN", [])),
                ("_dns.resolver.arpa", "SVCB", LEARNER, ("NXDOMAIN", [])),
                ("plain.example", "A", LEARNER, ("NOERROR", ["50.60.70.4"])),
                ("plain.example", "TYPE65", LEARNER, ("NOERROR", [])),
                ("plain.example", "TYPE64", LEARNER, ("NOERROR", [])),
                ("breakwater.internal", "A", LEARNER, ("NOERROR", ["127.0.0.5"])),
                ("breakwater.internal", "AAAA", LEARNER, ("NOERROR", [])),
                ("wpad", "A", LEARNER, ("NOERROR", ["127.0.0.5"])),
                ("wpad.centre.example", "A", LEARNER, ("NOERROR", ["127.0.0.5"])),
                ("inside.example", "A", LEARNER, ("NOERROR", []))):
            assert ask(name, kind, client) == expected, (name, kind, client)
    assert not {kind for _, kind in upstream.asked} - {1, 28}, "nobody is asked for other types"


def export(policy, *arguments):
    result = run("lists", "export", "--rpz", "--policy", policy, *arguments)
    assert result.returncode == 0, result.stderr
    return result


def owners(zone, action="."):
    lines = [line.split(" CNAME ") for line in zone.splitlines() if " CNAME " in line]
    return [name for name, target in lines if target == action and not name.startswith("*.")]


def test_the_zone_has_what_counts_and_no_more(centre):
    made = export(centre)
    assert made.stdout.startswith("$ORIGIN breakwater-lists.rpz.\n$TTL 300\n@ SOA localhost. hostmaster.localhost. 1 ")
    # The floor is gambling and terrorism; that is a concern, whose attempts the gateway has to see. x.bad.example is below bad.example.
    assert sorted(owners(made.stdout)) == ["bad.example", "feed.example", "xn--mnchen-3ya.example"]
    assert "there are concerns" not in made.stderr
    assert owners(made.stdout, "rpz-passthru.") == ["ok.feed.example"]
    assert "1 URLs, expressions and key words are left out" in made.stderr
    assert "1 addresses and networks are left out" in made.stderr
    assert export(centre).stdout == made.stdout
    assert " 7 3600 " in export(centre, "--serial", 7).stdout
    terrorism = export(centre, "--category", "terrorism")
    assert owners(terrorism.stdout) == ["terror.test"] and "leaves no record" in terrorism.stderr
    shopping = export(centre, "--category", "shopping", "--zone", "shops.rpz").stdout
    assert owners(shopping) == ["shop.example"]
    assert sorted(owners(shopping, "rpz-passthru.")) == [
        "essential.shop.example", "news.shop.example", "open.shop.example"]


@pytest.mark.parametrize("arguments, message", [
    (("--category", "gamblin"), 'no category "gamblin"; did you mean "gambling"?'),
    (("--zone", "a b"), '--zone "a b" is no name for a zone'),
])
def test_what_cannot_be_exported_is_told(centre, arguments, message):
    result = run("lists", "export", "--rpz", "--policy", centre, *arguments)
    assert (result.returncode, result.stdout) == (2, "") and message in result.stderr


def test_unbound_takes_the_zone(centre, dns):
    zone = centre.parent / "lists.rpz"
    zone.write_text(export(centre, "--category", "gambling", "--category", "shopping").stdout)
    with unbound(centre.parent, dns(ANSWERS), "--rpz", zone) as ask:
        for name in ("bad.example", "x.bad.example", "xn--mnchen-3ya.example", "feed.example", "a.feed.example",
                     "shop.example"):
            assert ask(name) == ("NXDOMAIN", []), name
        for name in ("ok.feed.example", "help.example", "essential.shop.example", "news.shop.example", "open.shop.example",
                     "plain.example"):
            assert ask(name) == ("NOERROR", ANSWERS[name]), name


def test_dnsmasq_answers_as_far_as_it_can(centre, dns):
    folder = centre.parent
    made = run("deploy", "dnsmasq", "--config", folder / "breakwater.toml")
    assert (made.returncode, made.stderr) == (0, "")
    (folder / "dnsmasq.conf").write_text(made.stdout)
    port = free_port()
    with resolver(folder, port, "dnsmasq", "--no-daemon", f"--port={port}", "--no-resolv", "--no-hosts", "--pid-file=",
                  f"--conf-file={folder}/dnsmasq.conf", f"--server=127.0.0.1#{dns(ANSWERS, records=RECORDS).port}",
                  *(("--user=root",) if os.getuid() == 0 else ())) as ask:
        for name, kind, expected in (
                ("use-application-dns.net", "A", ("NXDOMAIN", [])), ("mask-h2.icloud.com", "A", ("NXDOMAIN", [])),
                ("_dns.resolver.arpa", "SVCB", ("NXDOMAIN", [])),
                ("plain.example", "A", ("NOERROR", ["50.60.70.4"])), ("plain.example", "TYPE65", ("NOERROR", [])),
                ("wpad.centre.example", "A", ("NOERROR", ["127.0.0.5"])), ("breakwater.internal", "AAAA", ("NOERROR", [])),
                ("inside.example", "A", ("NOERROR", []))):
            assert ask(name, kind) == expected, (name, kind)


def test_options_for_dhcp_are_what_the_servers_take(centre):
    made = run("deploy", "dhcp", "--config", centre.parent / "breakwater.toml")
    assert (made.returncode, made.stderr) == (0, "")
    kea = run("deploy", "dhcp", "--kea", "--config", centre.parent / "breakwater.toml").stdout
    options = json.loads("".join(line for line in kea.splitlines() if not line.startswith("//")))["Dhcp4"]["option-data"]
    assert {"name": "wpad", "data": "http://127.0.0.5:3128/wpad.dat"} in options
    if not shutil.which("dnsmasq", path=PATH):
        pytest.skip("there is no dnsmasq: deploy/install-packages test")
    (centre.parent / "dhcp.conf").write_text(made.stdout)
    checked = subprocess.run(["dnsmasq", "--test", f"--conf-file={centre.parent}/dhcp.conf"], capture_output=True,
                             text=True, timeout=60, env={"PATH": PATH})
    assert checked.returncode == 0, checked.stderr
