"""`breakwater deploy nftables` and `counters`: rules that nft takes, and what becomes of real packets under them."""

import contextlib
import pathlib
import re
import shutil
import subprocess

import pytest

from support.command import run, write_centre
from support.gateway import BINARY, LISTS, POLICY
from support.network import DEVICE, SECURE, WEB, WEB6, network
from support.packets import ask, counters, send, serving
from support.wait import until

DOH6 = "2a00:60::53"
SETTINGS = """
proxy.listen = ["0.0.0.0:3128"]
deploy.interfaces = ["learners", "staff"]
deploy.addresses = ["10.20.0.1", "fd00:20::1"]
deploy.direct = ["udp/3478-3481 50.60.70.12", "tcp/587 2a00:60::/64"]
"""
ADDRESSES = f"{SECURE}\n{DOH6}\n10.0.0.0/8\nresolver.example\n"


@pytest.fixture
def centre(tmp_path):
    """centre(settings) gives the arguments that every `deploy nftables` needs."""
    policy = write_centre(tmp_path, POLICY, {**LISTS, "circumvention/doh/domains": ADDRESSES})

    def write(settings=SETTINGS):
        config = tmp_path / "breakwater.toml"
        config.write_text(settings)
        return ["--policy", policy, "--config", config]

    return write


@pytest.fixture
def wifi():
    """The namespaces, without any rules."""
    with network("none") as spaces:
        spaces.address(spaces.internet, "eth0", DOH6)
        yield spaces


@pytest.mark.parametrize("more", [
    "", 'intercept.mode = "tproxy"', 'deploy.resolvers = ["10.1.1.1", "fd00::53"]', 'deploy.resolvers = ["fd00::53"]',
    'proxy.tls.listen = ["0.0.0.0:3443"]\nproxy.pac.host = "gateway.example.org"',
])
def test_nft_takes_the_rules_and_they_are_the_same_each_time(centre, more):
    if not shutil.which("nft") or subprocess.run(["unshare", "--net", "true"]).returncode != 0:
        pytest.skip("nft and a network namespace are needed")
    arguments = centre(SETTINGS + more)
    command = ["unshare", "--net", BINARY, "deploy", "nftables", *map(str, arguments)]
    first, second = (subprocess.run(command, capture_output=True, text=True, timeout=60) for _ in range(2))
    assert (first.returncode, first.stderr) == (0, "breakwater: 1 private networks are left out\n")
    assert first.stdout == second.stdout
    assert f"{SECURE}" in first.stdout and DOH6 in first.stdout and "10.0.0.0/8" not in first.stdout


@pytest.mark.parametrize("document", ["README.md", "nftables/README.md"])
def test_the_settings_that_the_guide_writes_are_settings(centre, document):
    text = (pathlib.Path(__file__).parents[2] / "deploy" / document).read_text()
    lines = re.findall(r"^ *((?:proxy|intercept|identity|deploy)\.[a-z.]+ *= .*)$", text, re.M)
    assert len(lines) > 5
    result = run("deploy", "nftables", "--unchecked", *centre("\n".join(lines)))
    assert result.returncode == 0 and "define http = 3129" in result.stdout, result.stderr


@pytest.mark.parametrize("settings, message", [
    ("", "deploy.interfaces and deploy.addresses do not say where the Wi-Fi is"),
    ('deploy.interfaces = ["a b"]', '"a b" is no interface, as "wlan0"'),
    ('deploy.interfaces = ["sixteen-letters-"]', 'is no interface'),
    ('deploy.addresses = ["10.20.0.0/16"]', '"10.20.0.0/16" is no address'),
    ('deploy.direct = ["udp/1 host"]', '"udp/1 host" is not PROTOCOL/PORTS NETWORK'),
    ('deploy.interface = ["wlan0"]', 'did you mean "deploy.interfaces"?'),
    ('proxy.pac.direct = ["10.0.0.1"]', '"10.0.0.1" is no name'),
])
def test_what_is_wrong_with_the_settings_is_told(centre, settings, message):
    result = run("deploy", "nftables", *centre(settings))
    assert result.returncode == 2 and message in result.stderr and result.stdout == ""


# ---- real packets ----------------------------------------------------------------------------------------------


PATHS = [  # from a learner: kind, address, port, who answers without the rules and with them, and what counts it
    ("tcp", WEB, 80, "internet", "http", "http_intercepted"),
    ("tcp", WEB6, 80, "internet", "http", "http_intercepted"),
    ("tcp", WEB, 443, "internet", "tls", "tls_intercepted"),
    ("tcp", WEB6, 443, "internet", "tls", "tls_intercepted"),
    ("udp", WEB, 443, "internet", "refused", "quic_refused"),
    ("udp", WEB6, 443, "internet", "refused", "quic_refused"),
    ("udp", WEB, 53, "internet", "resolver", "dns_forced"),
    ("tcp", WEB6, 53, "internet", "resolver", "dns_forced"),
    ("udp", SECURE, 53, "internet", "resolver", "dns_forced"),
    ("udp", "10.20.0.1", 53, "resolver", "resolver", None),
    ("tcp", SECURE, 443, "internet", "refused", "doh_refused"),
    ("udp", DOH6, 443, "internet", "refused", "doh_refused"),
    ("tcp", WEB, 853, "internet", "refused", "dot_refused"),
    ("udp", WEB6, 853, "internet", "refused", "dot_refused"),
    ("tcp", WEB, 8080, "internet", "refused", "egress_refused"),
    ("tcp", WEB6, 8080, "internet", "refused", "egress_refused"),
    ("udp", WEB, 3478, "internet", "refused", "egress_refused"),
    ("udp", DEVICE, 3478, "internet", "internet", "direct_allowed"),
    ("tcp", WEB6, 587, "internet", "internet", "direct_allowed"),
    ("tcp", "10.20.0.1", 3128, "proxy", "proxy", "explicit_proxy"),
    ("tcp", "fd00:20::1", 80, "refused", "proxy", "explicit_proxy"),
    ("tcp", "10.20.0.1", 22, "shell", "refused", "gateway_refused"),
]


def test_packets_go_where_they_may(wifi, centre):
    learner, gateway, internet = wifi.learner, wifi.gateway, wifi.internet
    apply = (BINARY, "deploy", "nftables", *map(str, centre()), "--apply")
    with contextlib.ExitStack() as servers:
        for space, word, ports in (
                (internet, "internet", {"addresses": (WEB, WEB6, SECURE, DEVICE, DOH6), "udp": [53, 443, 853, 3478],
                                        "tcp": [53, 80, 443, 587, 853, 8080]}),
                (gateway, "resolver", {"udp": [53], "tcp": [53]}), (gateway, "proxy", {"tcp": [3128]}),
                (gateway, "http", {"tcp": [3129]}), (gateway, "tls", {"tcp": [3130]}), (gateway, "shell", {"tcp": [22]})):
            servers.enter_context(serving(space, word, **ports))
        for kind, address, port, before, *_ in PATHS:
            assert ask(learner, kind, address, port) == before, (kind, address, port, "without rules")
        gateway.run(*apply)
        for kind, address, port, _, after, counter in PATHS:
            counted = counters(gateway)
            assert ask(learner, kind, address, port) == after, (kind, address, port)
            changed = {name for name, value in counters(gateway).items() if value > counted[name]}
            assert changed - {"gateway_refused"} == ({counter} if counter else set()) - {"gateway_refused"}, (kind, address, port)
            assert counter != "gateway_refused" or counter in changed

        # What is dropped in silence shows in its counter alone.
        learner.run("ip", "address", "add", "50.60.70.77/32", "dev", "eth0")
        send(learner, "udp", WEB, 53, source="50.60.70.77")
        send(learner, "tcp", "10.20.0.1", 3130)
        send(internet, "tcp", "10.20.0.2", 8080)
        for name in ("spoofed", "intercept_port_refused", "inbound_refused"):
            until(lambda: counters(gateway)[name] > 0, name)
        assert ask(wifi.staff, "tcp", WEB, 80) == "http", "every interface that is named"
        assert ask(gateway, "tcp", WEB, 8080) == "internet", "the gateway's own connections are free"


def test_addresses_are_loaded_anew_and_rules_all_or_none(wifi, centre, tmp_path):
    learner, gateway = wifi.learner, wifi.gateway
    deploy = (BINARY, "deploy", "nftables", *map(str, centre()))
    refused = gateway.run(*deploy, "--elements", "--apply", check=False)
    assert refused.returncode == 2 and "nft refuses the rules: nothing is printed or changed" in refused.stderr
    assert gateway.run("nft", "list", "ruleset").stdout == ""
    gone = gateway.run(BINARY, "deploy", "counters", check=False)
    assert gone.returncode == 2 and "are the rules loaded?" in gone.stderr

    gateway.run(*deploy, "--apply")
    rules = gateway.run("nft", "-s", "list", "ruleset").stdout
    gateway.run(*deploy, "--apply")
    assert gateway.run("nft", "-s", "list", "ruleset").stdout == rules, "in the place of those before"
    with serving(gateway, "tls", tcp=[3130]):
        assert (ask(learner, "tcp", WEB, 443), ask(learner, "tcp", SECURE, 443)) == ("tls", "refused")
        counted = counters(gateway)
        (tmp_path / "lists/circumvention/doh/domains").write_text(f"{WEB}\n")
        gateway.run(*deploy, "--elements", "--apply")
        assert counters(gateway) == counted, "the counters go on"
        assert (ask(learner, "tcp", WEB, 443), ask(learner, "tcp", SECURE, 443)) == ("refused", "tls")
