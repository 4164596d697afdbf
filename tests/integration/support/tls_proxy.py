"""The gateway's TLS listener: an HTTPS proxy."""

import re
import socket
import ssl
import subprocess

from support.peer import Peer
from support.wait import PATIENCE, until

NAME = "proxy.test"


def make_certificate(folder, name="proxy"):
    """For proxy.test and 127.0.0.1, to be trusted by itself: two files beside the policy, as their texts."""
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
               "-days", "2", "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{NAME},IP:127.0.0.1",
               "-keyout", key, "-out", certificate]
    subprocess.run([str(word) for word in command], check=True, capture_output=True, timeout=60)
    return {f"{name}.crt": certificate.read_text(), f"{name}.key": key.read_text()}


SETTINGS = {"proxy.tls.listen": ["127.0.0.1:0"], "proxy.tls.certificate": "proxy.crt", "proxy.tls.key": "proxy.key"}


def tls_port(gateway):
    stdout = gateway.folder / "stdout"
    found = until(lambda: re.search(r"listening on 127\.0\.0\.1:(\d+) by TLS", stdout.read_text()), "the TLS listener")
    return int(found[1])


def tls_connect(gateway, source=None):
    """A Peer whose bytes go through TLS. An end without close_notify raises an OSError."""
    context = ssl.create_default_context(cafile=gateway.folder / "proxy.crt")
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    plain = socket.create_connection(("127.0.0.1", tls_port(gateway)), PATIENCE, source and (source, 0))
    return Peer(context.wrap_socket(plain, server_hostname=NAME, suppress_ragged_eofs=False))


def curl_words(gateway, *more):
    """Lays the HTTPS proxy over the one that curl() names."""
    return ["--proxy", f"https://127.0.0.1:{tls_port(gateway)}", "--proxy-cacert", gateway.folder / "proxy.crt", *more]
