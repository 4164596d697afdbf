"""As root a run has a network of its own: nobody else's packets are in it, and rules that intercept may be added."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import socket
import struct
import subprocess
import sys

from process import Failed

INSIDE = "BREAKWATER_BENCH_NAMESPACE"
SIOCSIFFLAGS, IFF_UP = 0x8914, 1  # netdevice(7)
NETWORK = "127.200.0"  # addresses that stand for origins of intercepted clients, one for each peer


def enter():
    """Runs the program again inside, where that can be done. Whether it runs inside, and if not, why."""
    if os.environ.get(INSIDE):
        with socket.socket() as any_socket:
            fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))
        return True, ""
    if os.getuid() != 0:
        return False, "not root"
    inside = ["unshare", "--net", "--mount"]
    if shutil.which("nft") is None or subprocess.run([*inside, "nft", "list", "ruleset"], capture_output=True, check=False).returncode:
        return False, "no own network with nftables rules can be made here"
    os.execvpe("unshare", [*inside, sys.executable, *sys.argv], {**os.environ, INSIDE: "yes"})


def nft(rules):
    done = subprocess.run(["nft", "-f", "-"], input=rules, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(f"nft: {done.stderr.strip()}")


@contextlib.contextmanager
def interception(peers, port):
    """While it lasts, what is sent to a peer's own address is redirected to its door. The rules, and the tracking of
    connections that they bring, are the same for all peers, and there for no other mode."""
    rules = ""
    for number, peer in enumerate(peer for peer in peers if peer.door):
        peer.address = f"{NETWORK}.{number + 1}"
        rules += f"    ip daddr {peer.address} tcp dport {port} redirect to :{peer.door}\n"
    nft(f"table ip bench {{\n  chain output {{\n    type nat hook output priority -100\n{rules}  }}\n}}\n")
    with contextlib.suppress(OSError):  # a container may not; by default a connection is tracked for two minutes after its end
        pathlib.Path("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_time_wait").write_text("1")
    try:
        yield
    finally:
        nft("delete table ip bench\n")
