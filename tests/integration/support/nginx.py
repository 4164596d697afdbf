"""A real nginx with HTTP and TLS on free ports of 127.0.0.1."""

import pathlib
import shutil
import subprocess

import pytest

from support.peer import connect
from support.process import end, free_port
from support.wait import until

BINARY = shutil.which("nginx") or "/usr/sbin/nginx"
BIG = 64 << 20  # bytes of /big

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log {folder}/access.log;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  client_max_body_size 0;
  default_type text/html;
  types {{ text/plain txt; }}
  server {{
    listen 127.0.0.1:{port};
    listen 127.0.0.1:{tls_port} ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    root {folder}/www;
    location = /nothing {{ return 204; }}
    location = /chunked {{ default_type text/html; ssi on; try_files /chunked.html =404; }}
    location = /moved {{ return 302 /; }}
    location /store/ {{ alias {folder}/store/; dav_methods PUT DELETE; create_full_put_path on; }}
  }}
}}
"""


def make_certificate(folder):
    """For allowed.test, blocked.test and all names under them; valid for two days."""
    certificate, key = folder / "origin.crt", folder / "origin.key"
    names = ",".join(f"DNS:{name},DNS:*.{name}" for name in ("allowed.test", "blocked.test"))
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", "2", "-subj", "/CN=allowed.test", "-addext", f"subjectAltName={names}",
               "-keyout", key, "-out", certificate]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return certificate, key


class Nginx:
    def __init__(self, folder, certificate, key):
        if not pathlib.Path(BINARY).exists():
            pytest.skip("nginx is not there")
        self.folder = pathlib.Path(folder)
        self.certificate = certificate
        self.port, self.tls_port = free_port(), free_port()
        www = self.folder / "www"
        www.mkdir()
        (self.folder / "store").mkdir()
        (www / "index.html").write_text("<!doctype html><title>An allowed page</title><h1>Hello from nginx</h1>")
        (www / "chunked.html").write_text("<!--# set var='n' value='x' --><p>" + "chunk " * 5000)
        (www / "small.txt").write_text("0123456789")
        with open(www / "big", "wb") as big:
            big.truncate(BIG)
        configuration, self.errors = self.folder / "nginx.conf", self.folder / "error.log"
        configuration.write_text(CONFIGURATION.format(
            folder=self.folder, port=self.port, tls_port=self.tls_port, certificate=certificate, key=key))
        command = [BINARY, "-p", self.folder, "-e", self.errors, "-c", configuration]
        self.child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self.answers, lambda: f"nginx to listen: {self.errors.read_text()}")

    def answers(self):
        assert self.child.poll() is None, self.errors.read_text()
        try:
            connect(self.port, 1).close()
            return True
        except OSError:
            return False

    def url(self, path="/", host="allowed.test"):
        return f"http://{host}:{self.port}{path}"

    def tls_url(self, path="/", host="allowed.test"):
        return f"https://{host}:{self.tls_port}{path}"

    def stop(self):
        end(self.child)
