"""Proxy authentication: who must sign in, over which connection, and what follows from it."""

import base64
import json
import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import time

import pytest

from support.command import run
from support.curl import curl
from support.gateway import BINARY
from support.hello import client_hello
from support.peer import get
from support.tls_proxy import NAME, SETTINGS, curl_words, make_certificate, tls_connect, tls_port
from support.tunnel import is_mirrored, mirror, ports
from support.wait import until

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
[[group]]
name = "learners"
networks = ["127.0.0.0/16"]
sign_in = "required"
[[group]]
name = "staff"
users = ["zoe", "*@staff.test"]
[[group]]
name = "kiosks"
networks = ["127.1.0.0/16"]
[essential]
hosts = ["essential.test"]
[bell]
grace = "0s"
[[rule]]
name = "work"
groups = ["learners"]
block = ["social-media", "self-harm"]
[concern]
self-harm = "warning"
"""
HOSTS = "127.0.0.1 allowed.test essential.test social.test terror.test harm.test\n"
LISTS = {"social-media/domains": "social.test\n", "terrorism/domains": "terror.test\n", "self-harm/domains": "harm.test\n"}
NCSA = "/usr/lib/squid/basic_ncsa_auth"


def hashed(password):
    """A line's hash, made by the program itself."""
    return made_users({"x": password}).split(":", 1)[1]


def made_users(accounts):
    folder = pathlib.Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    try:
        for name, password in accounts.items():
            result = run("user", "add", folder / "users", name, text=password + "\n")
            assert result.returncode == 0, result.stderr
        return (folder / "users").read_text()
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def users():
    return made_users({"ann": "Ann's p£ssword", "Zoe": "zoe:secret", "bob": "bob"})


@pytest.fixture
def start(start_gateway, tmp_path, users):
    def start(*origins, settings=None, **options):
        files = {**make_certificate(tmp_path), "users": users}
        return start_gateway(**{"policy": POLICY, "hosts": HOSTS, "lists": LISTS, "files": files, "clock": None, **options},
                             settings={**SETTINGS, "proxy.auth.users": "users", **ports(*origins), **(settings or {})})
    return start


def credentials(user, password):
    return "Proxy-Authorization: Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


ANN, ZOE, BOB = credentials("ann", "Ann's p£ssword"), credentials("ZOE", "zoe:secret"), credentials("bob", "bob")


def ask(gateway, name, *fields, source=None, port=None):
    with tls_connect(gateway, source) as client:
        return client.send(get(f"http://{name}{port and f':{port}' or ''}/", *fields)).response()


def who(gateway):
    result = subprocess.run([BINARY, "who", "--state", gateway.state, "--json"], capture_output=True, text=True, timeout=60)
    return {row["address"]: row for row in map(json.loads, result.stdout.splitlines())}


def tunnel(gateway, origin, *fields, source=None, name="allowed.test"):
    peer = tls_connect(gateway, source)
    authority = f"{name}:{origin.port}"
    peer.send("\r\n".join((f"CONNECT {authority} HTTP/1.1", f"Host: {authority}", *fields, "", "")))
    head = peer.head()
    assert head.status == 200, head.start
    assert is_mirrored(peer, client_hello(name))
    return peer


def test_curl_signs_in_over_tls(start, nginx):
    gateway = start(settings={"proxy.connect.ports": [nginx.tls_port]})
    proxy = curl_words(gateway)
    refused = curl(gateway, *proxy, nginx.url())
    assert refused.status == 407 and "Please sign in" in refused.text
    assert 'Proxy-Authenticate: Basic realm="Breakwater", charset="UTF-8"' in refused.head
    assert curl(gateway, *proxy, "-k", nginx.tls_url()).connect_status == 407
    good = [*proxy, "--proxy-user", "ann:Ann's p£ssword"]
    assert curl(gateway, *good, nginx.url()).status == 200
    assert curl(gateway, *good, "-k", nginx.tls_url()).status == 200
    line = gateway.log_lines(1, status=200)[0]
    assert (line["user"], line["group"], line["action"]) == ("ann", "learners", "allow")
    told = gateway.stderr() + (gateway.state / "access.log").read_text() + (gateway.state / "identity/now.json").read_text()
    assert "ssword" not in told and "Basic" not in told


def test_what_opens_before_anybody_has_signed_in(start, raw_origin):
    origin = raw_origin()
    gateway = start()
    assert ask(gateway, "allowed.test").status == 407
    assert ask(gateway, "essential.test", port=origin.port).status == 200
    assert ask(gateway, "allowed.test", source="127.1.0.1", port=origin.port).status == 200  # no group that must
    assert ask(gateway, "allowed.test", credentials("ann", "wrong"), source="127.1.0.1", port=origin.port).status == 200
    assert ask(gateway, "harm.test").status == 407  # asked again with credentials, it is an attempt of theirs
    assert gateway.attempts() == []
    assert ask(gateway, "terror.test").status == 403
    assert ask(gateway, "harm.test", ANN).status == 403
    assert [(row["user"], row["host"]) for row in gateway.attempts()] == [(None, "terror.test"), ("ann", "harm.test")]
    assert ask(gateway, "social.test", ANN).status == 403
    assert ask(gateway, "social.test", ZOE, source="127.0.0.2", port=origin.port).status == 200  # the account's group
    for address, reason in (("127.0.0.9", "sign_in"), ("127.0.0.2", "default"), ("127.1.0.1", "default")):
        until(lambda: gateway.rows("check", "--address", address, "http://allowed.test/")[0]["reason"] == reason,
              f"check to say {reason} of {address}")
    assert gateway.rows("check", "--group", "learners", "http://allowed.test/")[0]["reason"] == "default"


def test_credentials_do_not_reach_the_origin(start, raw_origin):
    origin = raw_origin()
    gateway = start()
    reply = ask(gateway, "allowed.test", ANN, "Connection: keep-alive", port=origin.port)
    assert reply.status == 200 and b"authorization" not in reply.body.lower()
    seen = []

    def keep(peer):
        seen.append(peer.head())
        peer.send("HTTP/1.1 204 No Content\r\n\r\n")
    kept = raw_origin(keep)
    assert ask(gateway, "allowed.test", ANN, port=kept.port).status == 204
    assert seen[0].get("proxy-authorization") is None


def test_no_password_is_asked_for_in_clear(start, raw_origin):
    origin = raw_origin()
    gateway = start(settings={"proxy.pac.host": NAME})
    for fields in ((), (ANN,)):
        with gateway.connect() as client:
            reply = client.send(get("http://allowed.test/", *fields)).response()
        assert (reply.status, reply.get("proxy-authenticate")) == (403, None)
        assert f"https://{NAME}:0" in reply.text  # the port of the settings
    allowing = start(settings={"proxy.auth.plain": "allow"})
    with allowing.connect() as client:
        assert client.send(get("http://allowed.test/")).response().status == 407
    with allowing.connect() as client:
        assert client.send(get(f"http://allowed.test:{origin.port}/", ANN)).response().status == 200


def test_wrong_passwords_are_refused_and_slowed_down(start):
    gateway = start()
    for attempt in range(5):
        reply = ask(gateway, "allowed.test", credentials("ann", f"wrong {attempt}"))
        assert reply.status == 407 and "the name or the password is wrong" in reply.text
    reply = ask(gateway, "allowed.test", ANN)
    assert reply.status == 407 and "too many failures" in reply.text
    assert ask(gateway, "allowed.test", credentials("nobody", "x"), source="127.0.0.3").status == 407
    for bad in ("Basic", "Basic !", "Basic bm9jb2xvbg==", "Digest x", "Basic " + "QQ" * 4000):
        reply = ask(gateway, "allowed.test", f"Proxy-Authorization: {bad}", source="127.0.0.4")
        assert reply.status == 407
    time.sleep(1.1)
    assert ask(gateway, "essential.test", ANN).status == 502  # has signed in; nothing listens there


def test_a_sign_in_is_of_its_address_until_it_is_idle(start, raw_origin):
    origin = raw_origin()
    gateway = start(settings={"proxy.auth.idle": "6s"})
    assert ask(gateway, "allowed.test", ANN, port=origin.port).status == 200
    until(lambda: "127.0.0.1" in who(gateway), "who to show it")
    row = who(gateway)["127.0.0.1"]
    assert (row["user"], row["group"], row["confidence"], row["source"]) == ("ann", "learners", "account", "proxy")
    assert ask(gateway, "allowed.test", port=origin.port).status == 200  # an app that has no credentials
    until(lambda: ask(gateway, "allowed.test").status == 407, "the sign-in to end")
    until(lambda: who(gateway) == {}, "who to forget it")


def test_the_next_person_ends_what_the_one_before_had_open(start, raw_origin):
    origin = raw_origin(mirror)
    gateway = start(origin)
    anns, elsewhere = tunnel(gateway, origin, ANN), tunnel(gateway, origin, ANN, source="127.0.0.2")
    until(lambda: len(who(gateway)) == 2, "who to show them")
    zoes = tunnel(gateway, origin, ZOE)
    assert anns.is_closed()
    assert is_mirrored(zoes) and is_mirrored(elsewhere)
    assert gateway.log_lines(1, end="identity")[0]["user"] == "ann"
    # Two behind one address: a request is its credentials', and takes nothing from the other.
    again = tunnel(gateway, origin, ANN)
    tunnel(gateway, origin, BOB, source="127.0.0.3").close()  # somebody's news
    until(lambda: len(who(gateway)) == 3, "who to show the third")
    assert is_mirrored(zoes) and is_mirrored(again)
    assert who(gateway)["127.0.0.1"]["user"] == "zoe"


def test_an_account_that_is_taken_away(start, raw_origin, users):
    origin = raw_origin(mirror)
    gateway = start(origin)
    anns, bobs = tunnel(gateway, origin, ANN), tunnel(gateway, origin, BOB, source="127.0.0.2")
    until(lambda: len(who(gateway)) == 2, "who to show them")
    (gateway.folder / "users").chmod(0o640)
    assert run("user", "remove", gateway.folder / "users", "ANN").returncode == 0
    assert stat.S_IMODE((gateway.folder / "users").stat().st_mode) == 0o640
    assert anns.is_closed() and is_mirrored(bobs)
    assert ask(gateway, "allowed.test", ANN).status == 407
    gateway.replace("users", "bob:secret\n")
    gateway.wait_for_stderr("users:1: error: no argon2id hash")
    assert is_mirrored(bobs)
    assert run("user", "list", gateway.folder / "users").returncode == 1
    assert "secret" not in gateway.stderr()


@pytest.mark.parametrize("helper", ["squid", "python"])
def test_a_helper_program(start, raw_origin, helper, tmp_path):
    origin = raw_origin()
    script = tmp_path / "helper.py"
    script.write_text("import sys, urllib.parse\n"
                      "for line in sys.stdin:\n"
                      "    user, password = map(urllib.parse.unquote, line.split())\n"
                      "    if user == 'dies': sys.exit(1)\n"
                      "    print('OK' if (user, password) == ('carl', 'sesame öpen') else 'ERR', flush=True)\n")
    command = [sys.executable, str(script)]
    if helper == "squid":
        if not os.access(NCSA, os.X_OK):
            pytest.skip("squid's basic_ncsa_auth is not installed")
        hash = subprocess.run(["openssl", "passwd", "-apr1", "sesame öpen"], capture_output=True, text=True).stdout.strip()
        (tmp_path / "ncsa").write_text(f"carl:{hash}\n")
        command = [NCSA, str(tmp_path / "ncsa")]
    gateway = start(settings={"proxy.auth.helper": command, "proxy.auth.helpers": 1})
    assert ask(gateway, "allowed.test", credentials("carl", "sesame öpen"), port=origin.port).status == 200
    assert ask(gateway, "allowed.test", credentials("carl", "sesame"), source="127.0.0.2").status == 407
    assert ask(gateway, "allowed.test", ANN, source="127.0.0.3", port=origin.port).status == 200  # beside the file
    if helper == "python":
        reply = ask(gateway, "allowed.test", credentials("dies", "x"), source="127.0.0.4")
        assert reply.status == 503 and "could not be checked" in reply.text
        until(lambda: ask(gateway, "allowed.test", credentials("carl", "x"), source="127.0.0.5").status == 407,
              "the helper to be started again")
        assert gateway.counters()["sign_ins_failed"] >= 1


def test_user_commands(tmp_path):
    file = tmp_path / "users"
    assert run("user", "add", file, "ann", text="one\n").returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    first = file.read_text()
    assert first.startswith("ann:$argon2id$") and "one" not in first
    assert run("user", "add", file, "Bob@Example.org", text="two\n").returncode == 0
    assert run("user", "add", file, "ANN", text="three\n").returncode == 0
    assert run("user", "list", file).stdout == "ann\nbob@example.org\n"
    assert first not in file.read_text()
    for words, text, message in ((("add", file, "a:b"), "x\n", "a name is UTF-8 without colons"),
                                 (("add", file, "carl"), "\n", "a password has 1 to 1024 bytes"),
                                 (("remove", file, "carl"), "", "there is no account of this name")):
        result = run("user", *words, text=text)
        assert result.returncode != 0 and message in result.stderr


BROWSER = shutil.which("chromium")


@pytest.mark.skipif(not BROWSER, reason="chromium is not there")
def test_a_browser_evaluates_the_pac_file(tmp_path):
    config = tmp_path / "breakwater.toml"
    config.write_text(f'proxy.tls.listen = ["10.20.0.1:3129"]\nproxy.pac.host = "{NAME}"\n'
                      'proxy.pac.direct = ["Print.example.org"]\n')
    result = run("pac", "--config", config)
    assert (result.returncode, result.stderr) == (0, "")
    cases = {"www.example.org": f"HTTPS {NAME}:3129", "WWW.EXAMPLE.ORG": f"HTTPS {NAME}:3129",
             "breakwater.internal": f"HTTPS {NAME}:3129", "10.evil.com": f"HTTPS {NAME}:3129",
             "172.32.0.1": f"HTTPS {NAME}:3129", "8.8.8.8": f"HTTPS {NAME}:3129", "2001:db8::1": f"HTTPS {NAME}:3129",
             "print.example.org": "DIRECT", "a.print.example.org": "DIRECT", "blueprint.example.org": f"HTTPS {NAME}:3129",
             "printer": "DIRECT", "localhost": "DIRECT", "x.localhost": "DIRECT", "printer.local": "DIRECT",
             "127.0.0.1": "DIRECT", "10.1.2.3": "DIRECT", "172.16.0.1": "DIRECT", "192.168.1.1": "DIRECT",
             "::1": "DIRECT", "fd00::1": "DIRECT", "fe80::1": "DIRECT", NAME: "DIRECT"}
    page = tmp_path / "pac.html"
    page.write_text("<pre id=out></pre><script>function isPlainHostName(h) { return !/[.:]/.test(h); }\n"
                    "function dnsDomainIs(h, d) { return h.endsWith(d); }\n" + result.stdout +
                    f"out.textContent = {json.dumps(list(cases))}.map(h => FindProxyForURL('http://' + h + '/', h)).join('|');"
                    "</script>")
    dumped = subprocess.run([BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}/profile",
                             "--dump-dom", f"file://{page}"], capture_output=True, text=True, timeout=120,
                            env={**os.environ, "HOME": str(tmp_path)}).stdout
    said = re.search(r'<pre id="out">(.*?)</pre>', dumped)[1].split("|")
    assert dict(zip(cases, said)) == cases
    config.write_text("")
    assert run("pac", "--config", config).returncode == 2
