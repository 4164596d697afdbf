"""Servers of lists over TLS, and the program that fetches from them."""

import collections
import contextlib
import http.server
import json
import os
import pathlib
import shutil
import ssl
import subprocess
import threading

import pytest

from support.process import free_port
from support.wait import until

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
FETCH_FEED = pathlib.Path(os.environ.get("BREAKWATER_FETCH_FEED") or
                          pathlib.Path(__file__).parents[3] / "build/release/fetch_feed")

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ }}
http {{
  log_format feeds '$status $request_uri $http_user_agent';
  access_log {folder}/access.log feeds;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port} ssl http2;
    listen 127.0.0.1:{plain_port};
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    root {folder}/www;
    location = /moved {{ return 302 /list.txt; }}
    location = /to-http {{ return 302 http://127.0.0.1:{plain_port}/list.txt; }}
    location = /to-file {{ return 302 file:///etc/hostname; }}
    location = /loop {{ return 302 /loop; }}
    location = /forbidden {{ return 403 "<html>no</html>"; }}
    location = /broken {{ return 500; }}
    location = /hangs-up {{ return 444; }}
    location = /slow.txt {{ limit_rate 1k; }}
    location = /gone {{ return 302 https://127.0.0.1:{port}/missing.txt; }}
  }}
}}
"""


def make_certificate(folder, name="server"):
    """Certificate and key for 127.0.0.1, to be trusted by itself."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", "2", "-subj", f"/CN={name}", "-addext",
               "subjectAltName=" + ("IP:127.0.0.1" if name == "server" else "DNS:other.test"),
               "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return certificate, key


class ListServer:
    """nginx with TLS; what it serves stands in `www`."""

    def __init__(self, folder, certificate, key):
        if not pathlib.Path(NGINX).exists():
            pytest.skip("nginx is not there")
        self.folder, self.ca = folder, certificate
        self.port, self.plain_port = free_port(), free_port()
        self.www = folder / "www"
        self.www.mkdir()
        configuration = folder / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(folder=folder, port=self.port, plain_port=self.plain_port,
                                                      certificate=certificate, key=key))
        command = [NGINX, "-p", folder, "-e", folder / "error.log", "-c", configuration]
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: (folder / "pid").exists() and (folder / "pid").read_text(), "nginx to start")

    def url(self, path):
        return f"https://127.0.0.1:{self.port}/{path}"

    def log(self):
        return [line.split(" ", 2) for line in (self.folder / "access.log").read_text().splitlines()]


class ScriptedServer:
    """TLS; the n-th request (from 1 on) is answered by script(request, n), which may break any rule. `seen` keeps the
    header fields of each."""

    def __init__(self, certificate, key, script):
        self.ca, self.seen = certificate, []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                self.close_connection = True
                outer.seen.append({name.lower(): value for name, value in self.headers.items()})
                with contextlib.suppress(OSError):
                    script(self, len(outer.seen))

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.server.handle_error = lambda *_: None
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,))
        self.thread.start()

    def url(self, path="list.txt"):
        return f"https://127.0.0.1:{self.server.server_port}/{path}"

    def stop(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def answer(request, body, *, status=200, length=None, **fields):
    """Sends a response; `length` is what it claims (None: the truth), fields are named with underscores."""
    request.send_response(status)
    for name, value in {"content_length": len(body) if length is None else length, **fields}.items():
        request.send_header(name.replace("_", "-"), str(value))
    request.end_headers()
    request.wfile.write(body)
    request.wfile.flush()


Result = collections.namedtuple("Result", "result message tries waits lists stderr")


class Centre:
    """A policy of one feed, and its state folder."""

    def __init__(self, folder, url, ca, **keys):
        self.folder, self.state = folder, folder / "feeds"
        lines = [f"{key} = {json.dumps(value)}" for key, value in {"url": url, "ca": ca and str(ca), **keys}.items()
                 if value is not None]
        self.policy = folder / "policy.toml"
        self.policy.write_text('[centre]\nname = "c"\ntimezone = "Europe/London"\n[[group]]\nname = "g"\n'
                               '[[lists.feed]]\nname = "feed"\n' + "\n".join(lines) + "\n")

    def command(self, *arguments):
        assert FETCH_FEED.is_file(), f"{FETCH_FEED} is not there: build fetch_feed, or name it in BREAKWATER_FETCH_FEED"
        return [FETCH_FEED, self.policy, self.state, *arguments]

    def update(self, *arguments, environment=None):
        run = subprocess.run(self.command(*arguments), capture_output=True, text=True, timeout=60,
                             env={**os.environ, **(environment or {})})
        assert run.returncode == 0, run.stderr
        told = json.loads(run.stdout)
        assert told.pop("name") == "feed"
        return Result(**told, stderr=run.stderr)

    def saved(self):
        return json.loads((self.state / "feed/state.json").read_text())

    def tree(self, name="current"):
        """Relative path -> text."""
        top = self.state / "feed" / name
        return {str(file.relative_to(top)): file.read_text() for file in top.rglob("*") if file.is_file()}
