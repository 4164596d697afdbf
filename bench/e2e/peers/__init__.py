"""What is measured: Breakwater, what one could install instead, and no proxy at all, each with the same list in force."""

from .base import Bench
from .breakwater import Breakwater
from .direct import Direct
from .e2guardian import E2guardian
from .haproxy import Haproxy
from .nginx import Nginx
from .squid import Squid
from .trafficserver import Trafficserver

PEERS = {peer.name: peer for peer in (Direct, Breakwater, Haproxy, Nginx, Trafficserver, Squid, E2guardian)}

__all__ = ["PEERS", "Bench", "Breakwater", "Direct", "E2guardian", "Haproxy", "Nginx", "Squid", "Trafficserver"]
