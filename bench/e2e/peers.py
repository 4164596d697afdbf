"""What is measured: no proxy at all, squid, HAProxy and Breakwater, each with the same list in force, started alike.

A peer says by arguments(mode) how the load generator reaches it in that mode, or None where it cannot do such work.
"""

import dataclasses
import getpass
import pathlib
import shutil
import subprocess
import time

from process import Failed, Process, free_port, status_of_get

MAX_DESCRIPTORS = 16_384


@dataclasses.dataclass
class Bench:
    """What all peers of a run share."""

    folder: pathlib.Path
    gateway: pathlib.Path   # the breakwater binary
    allowed: list           # names that resolve, by hosts_file, to loopback addresses
    listed: list            # the domains of the list
    blocked: list           # names under them
    hosts_file: pathlib.Path
    http_port: int          # of the origin that answers GET
    tls_port: int           # of the origin that answers a ClientHello

    def subfolder(self, name):
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder


class Peer:
    name = note = ""
    package = ""

    def __init__(self, bench):
        self.bench, self.process, self.port = bench, None, None
        self.seconds_to_ready = None

    @classmethod
    def missing(cls):
        """Why it cannot run here; empty where it can."""
        return "" if shutil.which(cls.package) else f"{cls.package} is not installed"

    def start(self, stack):
        """Starts it and waits until an allowed name passes and a listed one is refused; ended with the stack."""
        start = time.monotonic()
        self.process = stack.enter_context(self.launch())
        self.await_ready(start + 180)
        self.seconds_to_ready = time.monotonic() - start

    def await_ready(self, end):
        bench, seen = self.bench, None
        while time.monotonic() < end:
            self.process.check()
            if self.port is None:
                self.port = self.process.announced_port()
            seen = [status_of_get(self.port, name, bench.http_port) for name in (bench.allowed[0], bench.blocked[0])]
            if seen == [200, 403]:
                return
            time.sleep(0.02)
        raise Failed(f"{self.name} answers {seen} to an allowed and a listed name, not [200, 403]")

    def launch(self):
        raise NotImplementedError

    def arguments(self, mode):
        return ["--target", f"127.0.0.1:{self.port}", "--port", str(mode.origin_port(self.bench))]


class Direct(Peer):
    name, note = "direct", "no proxy: the ceiling of generator and origin"

    @classmethod
    def missing(cls):
        return ""

    def start(self, stack):
        pass

    def arguments(self, mode):
        if mode.refused:
            return None
        return ["--direct", "--target", f"127.0.0.1:{mode.origin_port(self.bench)}"]


class Squid(Peer):
    name, note, package = "squid", "dstdomain list, hosts_file, no cache, no access log, one worker", "squid"

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("squid")
        # Squid compares domains from their end: a list in that order fills its splay tree many times faster.
        in_order = sorted(bench.listed, key=lambda name: name[::-1])
        (folder / "listed").write_text("".join(f".{name}\n" for name in in_order))
        self.port = free_port()
        as_user = ""
        if getpass.getuser() == "root":
            as_user = "cache_effective_user proxy\n"
            shutil.chown(folder, "proxy", "proxy")
        (folder / "squid.conf").write_text(f"""{as_user}http_port 127.0.0.1:{self.port}
visible_hostname bench.test
hosts_file {bench.hosts_file}
dns_nameservers 127.0.0.1
cache deny all
cache_mem 8 MB
access_log none
cache_store_log none
cache_log {folder}/cache.log
netdb_filename none
pid_filename none
coredump_dir {folder}
shutdown_lifetime 0 seconds
pinger_enable off
max_filedescriptors {MAX_DESCRIPTORS}
acl listed dstdomain -n "{folder}/listed"
http_access deny listed
http_access allow all
""")
        return Process(self.name, ["squid", "-N", "-f", folder / "squid.conf"], folder / "output")


class Haproxy(Peer):
    name, note = "haproxy", "list and hosts as maps, no log, one thread; connect and bulk are SNI passthrough, no CONNECT"
    package = "haproxy"
    sni_port = None

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("haproxy")
        (folder / "listed").write_text("".join(name + "\n" for name in bench.listed))
        (folder / "hosts").write_text("".join(
            f"{name} {line.split()[0]}\n" for name, line in zip(bench.allowed, bench.hosts_file.read_text().splitlines())))
        self.port, self.sni_port = free_port(), free_port()
        # Its own domain match (-m end, -m dom) is a linear scan; exact matches of the last 2 to 5 labels are indexed.
        tails = [f"field(-1,.,{labels}) -m str -f {folder}/listed" for labels in (2, 3, 4, 5)]
        refuse = "".join(f"  http-request deny deny_status 403 if {{ var(txn.host),{tail} }}\n" for tail in tails)
        reject = "".join(f"  tcp-request content reject if {{ var(sess.sni),{tail} }}\n" for tail in tails)
        (folder / "haproxy.cfg").write_text(f"""global
  nbthread 1
  maxconn 4000
defaults
  timeout connect 5s
  timeout client 60s
  timeout server 60s
frontend http
  bind 127.0.0.1:{self.port} backlog 4096
  mode http
  http-request set-var(txn.host) req.hdr(host),host_only,lower
{refuse}  http-request set-var(txn.to) var(txn.host),map_str_ip({folder}/hosts)
  http-request deny deny_status 502 unless {{ var(txn.to) -m found }}
  http-request set-dst var(txn.to)
  http-request set-dst-port req.hdr(host),port_only
  http-request set-uri %[pathq]
  default_backend http_out
backend http_out
  mode http
  http-reuse safe
  server any 0.0.0.0:0
frontend sni
  bind 127.0.0.1:{self.sni_port} backlog 4096
  mode tcp
  option splice-auto
  tcp-request inspect-delay 5s
  tcp-request content set-var(sess.sni) req.ssl_sni,lower if {{ req.ssl_hello_type 1 }}
{reject}  tcp-request content set-var(sess.to) var(sess.sni),map_str_ip({folder}/hosts)
  tcp-request content reject unless {{ var(sess.to) -m found }}
  tcp-request content set-dst var(sess.to)
  tcp-request content set-dst-port int({bench.tls_port})
  default_backend sni_out
backend sni_out
  mode tcp
  option splice-auto
  server any 0.0.0.0:0
""")
        return Process(self.name, ["haproxy", "-db", "-f", folder / "haproxy.cfg"], folder / "output")

    def arguments(self, mode):
        if mode.tunnel:
            return ["--direct", "--target", f"127.0.0.1:{self.sni_port}"]
        return super().arguments(mode)


class Breakwater(Peer):
    name, note = "breakwater", "the list as a floor category, access log on, as many threads as it takes by itself"

    def launch(self):
        bench, folder = self.bench, self.bench.subfolder("breakwater")
        category = folder / "lists" / "bench" / "gambling"
        category.mkdir(parents=True)
        (category / "domains").write_text("".join(name + "\n" for name in bench.listed))
        (folder / "policy.toml").write_text("""[centre]
name = "Bench"
timezone = "Europe/London"
[[lists.feed]]
name = "bench"
path = "lists/bench"
[lists.map]
"bench/gambling" = "gambling"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[floor]
categories = ["gambling"]
""")
        (folder / "breakwater.toml").write_text(f"""[proxy]
connections_per_client = 8192
connections = 8192
[proxy.connect]
ports = [443, {bench.tls_port}]
[dns]
hosts = "{bench.hosts_file}"
allow_private = ["127.0.0.0/8"]
""")
        return Process(self.name, [bench.gateway, "serve", "--policy", folder / "policy.toml", "--config",
                                   folder / "breakwater.toml", "--listen", "127.0.0.1:0", "--state", folder / "state",
                                   "--log", folder / "access.log"], folder / "output", stdout=subprocess.PIPE)


PEERS = {peer.name: peer for peer in (Direct, Squid, Haproxy, Breakwater)}
