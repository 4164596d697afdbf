"""The other end of every run: nginx answers GET, the load generator's own origin a ClientHello."""

import os
import subprocess

from modes import BODY
from process import Process, loopback_listener


def start(stack, options, folder):
    """(port that answers GET, port that answers a ClientHello)"""
    generator = options.build / "load_generator"
    own = stack.enter_context(Process("origin", [generator, "origin", "--body", str(BODY)], folder / "origin.log",
                                      stdout=subprocess.PIPE))
    tls_port = own.announced_port()
    return (tls_port if options.origin == "own" else start_nginx(stack, folder)), tls_port


def start_nginx(stack, folder):
    # nginx takes the listening socket over as it would from its predecessor at an upgrade: no wildcard bind that
    # other networks could see, and no port that somebody else takes in between.
    listener = stack.enter_context(loopback_listener())
    port = listener.getsockname()[1]
    temporary = "\n".join(f"  {kind}_temp_path {folder}/nginx-{kind};"
                          for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(f"""daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid {folder}/nginx.pid;
events {{ worker_connections 16000; multi_accept on; }}
http {{
{temporary}
  access_log off;
  keepalive_requests 1000000000;
  keepalive_timeout 75s;
  server {{ listen 0.0.0.0:{port} backlog=4096; default_type text/html; location / {{ return 200 "{'x' * BODY}"; }} }}
}}
""")
    log = folder / "nginx.log"
    stack.enter_context(Process("nginx", ["nginx", "-e", log, "-c", folder / "nginx.conf"], log,
                                env={**os.environ, "NGINX": f"{listener.fileno()};"}, pass_fds=[listener.fileno()]))
    return port
