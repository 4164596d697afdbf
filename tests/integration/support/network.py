"""A Wi-Fi of network namespaces: clients of learners and of staff, the gateway, and behind it an internet.

The namespaces have no names: descriptors of this process hold them, and with it they are gone, however it ends."""

import contextlib
import ctypes
import os
import pathlib
import shutil
import string
import subprocess

import pytest

from support.peer import connect

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)
THIS_THREAD = "/proc/thread-self/ns/net"

HTTP_PORT, TLS_PORT, PROXY_PORT = 3129, 3130, 3128
# Public addresses, so that the gateway dials them as it dials any; nothing leaves the namespaces.
WEB, SECURE, DEVICE, NOBODY = "50.60.70.10", "50.60.70.11", "50.60.70.12", "50.60.70.99"
WEB6, NOBODY6 = "2a00:60::10", "2a00:60::99"

FORWARD = """
  chain forward {
    type filter hook forward priority filter
    iifname $wifi counter reject
  }
}
"""
RULES = {  # by mode; "none": the test brings its own. $wifi are the two networks of the clients, $http and $tls the gateway's doors
    "none": "",
    "redirect": """
table inet wifi {
  chain prerouting {
    type nat hook prerouting priority dstnat
    iifname $wifi tcp dport 80 redirect to :$http
    iifname $wifi tcp dport 443 redirect to :$tls
  }
""" + FORWARD,
    "tproxy": """
table inet wifi {
  chain prerouting {
    type filter hook prerouting priority mangle
    iifname $wifi meta nfproto ipv4 tcp dport 80 tproxy ip to :$http meta mark set 0x1
    iifname $wifi meta nfproto ipv6 tcp dport 80 tproxy ip6 to :$http meta mark set 0x1
    iifname $wifi meta nfproto ipv4 tcp dport 443 tproxy ip to :$tls meta mark set 0x1
    iifname $wifi meta nfproto ipv6 tcp dport 443 tproxy ip6 to :$tls meta mark set 0x1
  }
""" + FORWARD,
}


def checked(result):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))


class Space:
    """One namespace. What is opened or started in inside() belongs to it for good."""

    def __init__(self):
        home = os.open(THIS_THREAD, os.O_RDONLY)
        try:
            checked(LIBC.unshare(CLONE_NEWNET))
            self.descriptor = os.open(THIS_THREAD, os.O_RDONLY)
            checked(LIBC.setns(home, CLONE_NEWNET))
        finally:
            os.close(home)
        self.run("ip", "link", "set", "lo", "up")

    @contextlib.contextmanager
    def inside(self):
        home = os.open(THIS_THREAD, os.O_RDONLY)
        try:
            checked(LIBC.setns(self.descriptor, CLONE_NEWNET))
            yield
        finally:
            checked(LIBC.setns(home, CLONE_NEWNET))
            os.close(home)

    @property
    def path(self):
        return f"/proc/{os.getpid()}/fd/{self.descriptor}"

    def run(self, *command, **options):
        """Its result; it must succeed unless `check` says otherwise."""
        with self.inside():
            return subprocess.run(command, **{"check": True, "capture_output": True, "text": True, "timeout": 60, **options})

    def connect(self, address, port, **options):
        with self.inside():
            return connect(port, address=address, **options)

    def set(self, name, value):
        with self.inside():
            pathlib.Path("/proc/sys/net", name).write_text(f"{value}\n")

    def close(self):
        os.close(self.descriptor)


class Network:
    """`learner` and `staff` reach `internet` by `gateway` alone, which intercepts by `mode`, a key of RULES."""

    def __init__(self, mode):
        self.mode = mode
        self.spaces = []
        self.learner, self.staff, self.gateway, self.internet = (self.add() for _ in range(4))
        self.wire("learners", self.learner, "10.20.0", "fd00:20:")
        self.wire("staff", self.staff, "10.30.0", "fd00:30:")
        self.wire("wan", self.internet, "50.60.70", "2a00:60:")
        for address in (WEB, SECURE, DEVICE, WEB6):
            self.address(self.internet, "eth0", address)
        self.gateway.set("ipv4/ip_forward", 1)
        self.gateway.set("ipv6/conf/all/forwarding", 1)
        if mode == "tproxy":
            for family, everything in (("-4", "0.0.0.0/0"), ("-6", "::/0")):
                self.gateway.run("ip", family, "rule", "add", "fwmark", "1", "lookup", "100")
                self.gateway.run("ip", family, "route", "add", "local", everything, "dev", "lo", "table", "100")
        self.rules(RULES[mode])

    def add(self):
        self.spaces.append(Space())
        return self.spaces[-1]

    def address(self, space, device, address):
        more = ("nodad",) if ":" in address else ()  # duplicate address detection takes a second
        space.run("ip", "address", "add", address + ("/64" if more else "/24"), "dev", device, *more)

    def wire(self, device, space, four, six):
        """The other end is eth0 there; the gateway is .1 of both networks, the other side .2."""
        self.gateway.run("ip", "link", "add", device, "type", "veth", "peer", "name", "eth0", "netns", space.path)
        for end, name, last in ((self.gateway, device, "1"), (space, "eth0", "2")):
            self.address(end, name, f"{four}.{last}")
            self.address(end, name, f"{six}:{last}")
            end.run("ip", "link", "set", name, "up")
        space.run("ip", "-4", "route", "add", "default", "via", f"{four}.1")
        space.run("ip", "-6", "route", "add", "default", "via", f"{six}:1")

    def rules(self, text):
        """More rules of the gateway's kernel, see RULES."""
        text = string.Template(text).substitute(wifi='{ "learners", "staff" }', http=HTTP_PORT, tls=TLS_PORT)
        result = self.gateway.run("nft", "-f", "-", input=text, check=False)
        if result.returncode != 0 and "tproxy" in text:
            pytest.skip(f"the kernel has no tproxy: {result.stderr}")
        assert result.returncode == 0, result.stderr

    def close(self):
        for space in self.spaces:
            space.close()


def namespaces_or_skip(*programs):
    if os.geteuid() != 0:
        pytest.skip("network namespaces need root")
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"there is no {program}: deploy/install-packages test")
    try:
        Space().close()
    except (OSError, subprocess.SubprocessError) as failure:
        pytest.skip(f"no network namespaces: {failure}")


@contextlib.contextmanager
def network(mode):
    """Skips the test where there can be none."""
    namespaces_or_skip("ip", "nft")
    running = Network(mode)
    try:
        yield running
    finally:
        running.close()
