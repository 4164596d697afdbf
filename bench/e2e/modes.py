"""What is measured, and the bar of each: what Breakwater's figure may be to that of the best of the peers named."""

import dataclasses

import names

BODY = 1024
PROXIES = ("haproxy", "nginx", "trafficserver", "squid", "e2guardian")


@dataclasses.dataclass(frozen=True)
class Bar:
    metric: str         # of a run: rate, cpu, p50_us, p99_us
    limit: float        # of ours to the reference's in the same round: a rate at least this, all else at most
    peers: tuple        # the best of them in a round is its reference
    best_by: str = ""   # the metric that says who is best; by itself this one

    @property
    def is_rate(self):
        return self.metric == "rate"


@dataclasses.dataclass(frozen=True)
class Mode:
    name: str
    title: str
    generator: tuple
    bars: tuple = ()
    hosts: str = "allowed"
    tunnel: bool = False       # starts with a ClientHello
    intercepted: bool = False  # the clients know of no proxy
    refused: bool = False      # the answer is 403
    streams: bool = False

    @property
    def unit(self):
        return "MiB/s" if self.streams else "requests/s"

    @property
    def cpu_unit(self):
        return "GiB" if self.streams else "1,000"

    def origin_port(self, bench):
        return bench.tls_port if self.tunnel else bench.http_port


GET = ("--body", str(BODY))
STREAM_BARS = (Bar("rate", 1.5, PROXIES), Bar("cpu", 0.6, PROXIES, best_by="rate"))
MODES = {mode.name: mode for mode in (
    Mode("get", f"keep-alive GET of 1 KiB, 64 connections, {names.ALLOWED:,} names", ("get", *GET, "--connections", "64"),
         bars=(Bar("cpu", 0.8, ("haproxy",)), Bar("rate", 1.2, ("haproxy",)))),
    Mode("get-64", "the same with 64 names: origin connections are warm", ("get", *GET, "--connections", "64"), hosts="few"),
    Mode("get-one", "keep-alive GET over 1 connection: what a request waits", ("get", *GET, "--connections", "1"), hosts="few",
         bars=(Bar("p50_us", 1.0, ("haproxy", "trafficserver")), Bar("p99_us", 1.0, ("haproxy", "trafficserver")))),
    Mode("get-new", "a new connection for each GET, 64 at once", ("get-new", *GET, "--connections", "64"),
         bars=(Bar("cpu", 0.8, ("haproxy", "trafficserver")),)),
    Mode("connect", "CONNECT, ClientHello judged, first bytes back, close; 64 at once", ("connect", "--connections", "64"),
         tunnel=True, bars=(Bar("cpu", 0.5, ("trafficserver",)),)),
    Mode("tls", "intercepted, no CONNECT: ClientHello judged, first bytes back, close; 64 at once",
         ("connect", "--connections", "64"), tunnel=True, intercepted=True, bars=(Bar("cpu", 0.8, ("nginx",)),)),
    Mode("blocked", "keep-alive GET of listed names: 403, 64 connections", ("blocked", "--connections", "64"),
         hosts="blocked", refused=True, bars=(Bar("cpu", 1.0, ("haproxy",)),)),
    Mode("bulk", "one tunnel, data down", ("bulk", "--connections", "1"), tunnel=True, streams=True, bars=STREAM_BARS),
    Mode("bulk-16", "16 tunnels, data down", ("bulk", "--connections", "16"), tunnel=True, streams=True, bars=STREAM_BARS),
    Mode("bulk-up", "one tunnel, data up", ("bulk", "--direction", "up", "--connections", "1"), tunnel=True, streams=True),
)}
