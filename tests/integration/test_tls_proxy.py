"""The gateway as an HTTPS proxy: clients speak TLS to the gateway itself, and TLS again to an origin within it."""

import base64
import os
import shutil
import ssl
import subprocess
import time

import pytest

from support.command import run
from support.curl import curl
from support.hello import client_hello
from support.peer import connect, get
from support.tls_proxy import SETTINGS, curl_words, make_certificate, tls_connect, tls_port
from support.tunnel import connect_request, is_mirrored, mirror, ports
from support.wait import until


@pytest.fixture
def start_tls(start_gateway, tmp_path):
    def start(settings=None, **options):
        return start_gateway(files=make_certificate(tmp_path), settings={**SETTINGS, **(settings or {})}, **options)
    return start


def open_tunnel(gateway, origin, name="allowed.test"):
    peer = tls_connect(gateway).send(connect_request(f"{name}:{origin.port}"))
    assert peer.head().status == 200
    assert is_mirrored(peer, client_hello(name))
    return peer


def test_curl_through_the_https_proxy(start_tls, nginx):
    gateway = start_tls({"proxy.connect.ports": [nginx.tls_port]})
    proxy = curl_words(gateway)
    result = curl(gateway, *proxy, nginx.url())
    assert (result.code, result.status, result.connections) == (0, 200, 1)
    result = curl(gateway, *proxy, "-k", nginx.tls_url("/big"))  # TLS in TLS
    assert (result.code, result.status, result.connect_status) == (0, 200, 200)
    assert len(result.body) == (nginx.folder / "www/big").stat().st_size
    result = curl(gateway, *proxy, nginx.url(host="blocked.test"))
    assert result.status == 403 and "no games" in result.text
    result = curl(gateway, *proxy, "-X", "PUT", "--data-binary", f"@{nginx.folder}/www/chunked.html",
                  nginx.url("/store/up"))
    assert result.status == 201
    assert (nginx.folder / "store/up").read_bytes() == (nginx.folder / "www/chunked.html").read_bytes()
    counters = gateway.counters()
    assert (counters["tls_handshakes"], counters.get("tls_failures", 0)) == (4, 0)


def test_what_is_no_tls_and_what_is_slow(start_tls):
    gateway = start_tls({"proxy.deadline.head": "400ms", "proxy.connections_per_client": 2})
    for junk in (get("http://allowed.test/"), b"\x16\x03\x01\xff\xff" + bytes(4000), bytes(64), client_hello("x.test")[:20]):
        with connect(tls_port(gateway)) as peer:
            begin = time.monotonic()
            peer.send(junk).take_rest()
            assert time.monotonic() - begin < 10
    silent = [connect(tls_port(gateway)) for _ in range(2)]
    with connect(tls_port(gateway)) as over_limit:  # handshakes that never end hold their place until the deadline
        assert over_limit.is_closed()
    for peer in silent:
        assert peer.is_closed()
        peer.close()
    tls_connect(gateway).close()
    counters = gateway.counters()
    assert (counters["tls_failures"], counters["over_limit"], counters["deadline_hits"]) == (6, 1, 3)


def test_tunnels_are_cut(start_tls, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_tls(ports(origin))
    peer = open_tunnel(gateway, origin)
    assert is_mirrored(peer, bytes(range(256)) * 4096)
    peer.close()
    assert gateway.log_lines(1, host="allowed.test")[0]["end"] == "client"
    cut = open_tunnel(gateway, origin)
    gateway.write_list("games/domains", "blocked.test\nallowed.test\n")
    gateway.policy_file.write_text(gateway.policy_file.read_text() + '[bell]\ngrace = "0s"\n')
    gateway.reload()
    assert cut.is_closed()
    assert gateway.log_lines(2, host="allowed.test")[1]["end"] == "reload"


def test_an_origin_that_ends_gives_close_notify(start_tls, raw_origin):
    def farewell(peer):
        peer.take(len(client_hello("allowed.test")))
        peer.send(b"bye")
        peer.finish()
        peer.fill()
    origin = raw_origin(farewell)
    gateway = start_tls(ports(origin))
    peer = tls_connect(gateway).send(connect_request(f"allowed.test:{origin.port}"))
    assert peer.head().status == 200
    assert peer.send(client_hello("allowed.test")).take_rest() == b"bye"


def test_a_new_certificate_is_taken_and_a_bad_one_is_not(start_tls, tmp_path):
    gateway = start_tls()
    seen = lambda: ssl.get_server_certificate(("127.0.0.1", tls_port(gateway)))
    first = seen()
    files = make_certificate(tmp_path, "other")
    gateway.replace("proxy.key", files["other.key"])
    gateway.wait_for_stderr("proxy.key: key values mismatch")
    assert seen() == first
    gateway.replace("proxy.crt", files["other.crt"])
    until(lambda: seen() == files["other.crt"], "the new certificate")


def test_a_drain_ends_idle_connections(start_tls):
    gateway = start_tls({"proxy.drain": "5s"})
    peer = tls_connect(gateway)
    begin = time.monotonic()
    gateway.stop()
    peer.take_rest()
    assert time.monotonic() - begin < 4


def test_a_browser_uses_the_https_proxy_by_a_pac_file(start_tls, nginx, tmp_path):
    browser = shutil.which("chromium")
    if not browser:
        pytest.skip("chromium is not there")
    gateway = start_tls({"proxy.connect.ports": [nginx.tls_port]})
    settings = tmp_path / "breakwater.toml"
    settings.write_text(f'proxy.tls.listen = ["127.0.0.1:{tls_port(gateway)}"]\nproxy.pac.host = "127.0.0.1"\n')
    pac = tmp_path / "proxy.pac"
    pac.write_text(run("pac", "--config", settings).stdout)
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--ignore-certificate-errors",
               f"--proxy-pac-url=data:application/x-ns-proxy-autoconfig;base64,{base64.b64encode(pac.read_bytes()).decode()}",
               f"--user-data-dir={tmp_path}/profile", "--timeout=20000", "--dump-dom", nginx.tls_url(host="www.allowed.test")]
    shown = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120,
                           env={**os.environ, "HOME": str(tmp_path)})
    assert "Hello from nginx" in shown.stdout, shown.stderr
    line = gateway.log_lines(1, host="www.allowed.test")[0]
    assert (line["method"], line["action"], line["sni"]) == ("CONNECT", "allow", "www.allowed.test")
