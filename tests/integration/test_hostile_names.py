"""Names that try to be more than names, from the sign-in to everything that shows them: no line, cell, tag or header
breaks, and whoever reads it still recognises them. One gateway, asked once by each name."""

import base64
import contextlib
import csv
import email.policy
import html.parser
import json
import re
import shutil
import sqlite3
import ssl
import subprocess
import sys
import urllib.parse

import pytest

from support.gateway import BINARY
from support.peer import get
from support.smtp import certificate
from support.tls_proxy import SETTINGS, make_certificate, tls_connect
from support.wait import until

TRICKS = {
    "direction": "\u202eexe.", "isolates": "\u2066a\u2067b\u2069", "zero width": "\u200b\u200d\ufeff", "marks": "e" + "\u0301" * 90,
    "four bytes": "\U0001f600\U0001d54f", "look-alike": "\u0430pple", "separators": "\u2028\u2029\x85", "terminal": "\u009b31m",
    "formula": "=cmd|'/c calc'!a1", "at": "@sum(1)", "script": "<script>alert(1)</script>", "attribute": "\" onload='x'",
    "pdf": ") tj et q (", "format": "%s%n%1$x{}{0}", "header": "%0d%0abcc%3a x@example.org", "path": "../../etc/passwd",
    "sql": "');drop table records;--", "json": "\"},{\"a", "pango": "</span><b>&amp;", "tags": "\U000e0041\U000e007f",
    "private": "\ue000\U000f0000", "non-character": "\ufffe\U0010ffff"}
# Not even taken for a name.
REFUSED = [b"two\nlines", b"nul\0", b"esc\x1b[31m", b"\xed\xa0\x80", b"\xc0\xaf", b"\xff", "e".encode() + "\u0301".encode() * 500,
           b"x" * (1 << 20)]
# The first name begins what a spreadsheet would take for a formula.
NAMES = {trick: (f"{text}kim{number:02}end" if trick in ("formula", "at") else f"kim{number:02}{text}end")
         for number, (trick, text) in enumerate(TRICKS.items())}
DEVICE = "=1+1\u202e\u2066<b>Laptop</b>\u200b"
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
[concern]
terrorism = "danger"
[[recipient]]
name = "Plain"
role = "dsl"
email = "plain@example.org"
[[recipient]]
name = "Jane Doe"
role = "dsl"
email = "dsl@example.org"
key = "lead.pub"
certificate = "dsl.pem"
names = true
"""
BY = ("--by", "A. Lead", "--reason", "alerted")
PASSPHRASE = "correct horse battery staple"


def run(*words, code=0):
    result = subprocess.run([str(word) for word in (BINARY, *words)], capture_output=True, timeout=120)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout.decode()  # it must be UTF-8


def ask(gateway, user, number, host="terror.test"):
    field = "Proxy-Authorization: Basic " + base64.b64encode(user + b":x").decode()
    with tls_connect(gateway, f"127.0.1.{number + 1}") as client:
        query = urllib.parse.quote_from_bytes(user[:900])
        return client.send(get(f"http://{host}/p?q={query}", field)).response().status


def cases(gateway):
    return [json.loads(line) for line in run("episode", "list", "--state", gateway.state, "--json").splitlines()]


# Controls but the end of a line, what turns the direction or separates lines, what is not seen.
BREAKS = re.compile("[\\x00-\\x09\\x0b-\\x1f\\x7f-\\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
                    "\U000e0000-\U000e0fff]")


def shows(where, text, names=NAMES.values()):
    """Each name can be recognised, on a line of its own making, and nothing in the text is more than text."""
    assert not BREAKS.search(text), (where, ascii(BREAKS.search(text)[0]))
    missing = [name for name in names if not re.search(re.search("kim[0-9]+", name)[0] + "[^\n]*end", text)]
    assert not missing, (where, [(name, ascii(re.findall(f".*{name[:5]}.*", text))) for name in missing])


def shows_none(where, text):
    assert not BREAKS.search(text) and not re.search("kim[0-9]|Laptop|127\\.0\\.1\\.", text), where


class Tags(html.parser.HTMLParser):
    """What a page consists of: its tags, and the names of their attributes."""

    def __init__(self, text):
        super().__init__()
        self.found, self.text = set(), ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.found |= {tag, *(f"{tag} {name}" for name, _ in attributes)}

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def scene(start_gateway, mail_server, tmp_path):
    """All have asked: the gateway, its mail server, and the words that open names."""
    (tmp_path / "passphrase").write_text(PASSPHRASE + "\n")
    run("keys", "new", "--out", tmp_path / "lead.key", "--name", "Jane Doe", "--passphrase-file", tmp_path / "passphrase")
    pem, _ = certificate(tmp_path, "dsl", usage="emailProtection", stem="dsl")
    (tmp_path / "helper.py").write_text("import sys\nfor line in sys.stdin: print('OK', flush=True)\n")
    server = mail_server()
    register = f'MAC,name,owner,group,person\n00:00:5e:00:53:01,"{DEVICE}",pool laptop,,\n'
    gateway = start_gateway(
        policy=POLICY, lists={"terrorism/domains": "terror.test\n"}, hosts="127.0.0.1 terror.test\n",
        files={**make_certificate(tmp_path), "lead.pub": (tmp_path / "lead.key.pub").read_text(), "dsl.pem": pem.read_text(),
               "devices.csv": register, "leases": "0 00:00:5e:00:53:01 127.0.1.1 laptop *\n"},
        settings={**SETTINGS, **server.settings(), "alerts.per_hour": 1000, "identity.register": "devices.csv",
                  "identity.dnsmasq_leases": "leases",
                  "proxy.auth.helper": [sys.executable, str(tmp_path / "helper.py")]})
    for number, name in enumerate(NAMES.values()):
        assert ask(gateway, name.encode(), number) == 403, name
    for number, name in enumerate(REFUSED):
        with contextlib.suppress(ConnectionError, ssl.SSLError):  # a head without end is not read to its end
            assert ask(gateway, name, 100 + number, "allowed.test") in (400, 407, 431), name[:20]
    until(lambda: len(cases(gateway)) == len(NAMES), lambda: f"an episode each: {len(cases(gateway))}")
    return gateway, server, ("--key", tmp_path / "lead.key", "--passphrase-file", tmp_path / "passphrase")


def test_names_are_text_wherever_they_are_shown(scene, tmp_path):
    gateway, server, key = scene
    state, policy = ("--state", gateway.state), ("--policy", gateway.policy_file)
    opened = ("--names", *key, *BY)
    # What everybody may see: no name at all.
    database = sqlite3.connect(f"file:{gateway.state}/attempts.db?mode=ro", uri=True, timeout=20)
    bodies = [body for body, in database.execute("SELECT body FROM records")]
    database.close()
    assert all(isinstance(json.loads(body), dict) for body in bodies)
    shows_none("bodies", "\n".join(bodies))
    shows_none("list", run("episode", "list", *state))
    shows_none("status", run("status", *state))
    shows_none("standard error", gateway.stderr())
    lines = gateway.log_lines(len(NAMES), status=403)
    shows_none("access log", "\n".join(json.dumps(line, ensure_ascii=False) for line in lines))
    assert not BREAKS.search((gateway.state / "access.log").read_text())

    # Mail.
    headers = None
    for mail in server.wait_for("plain", len(NAMES)):
        shows_none("plain mail", mail.get_content() + str(mail["Subject"]))
        headers = headers or sorted(mail.keys())
        assert sorted(mail.keys()) == headers and "Bcc" not in headers
    secrets = []
    for mail in server.wait_for("dsl", len(NAMES)):
        (tmp_path / "mail.der").write_bytes(mail.get_payload(decode=True))
        decrypted = subprocess.run(["openssl", "cms", "-decrypt", "-inform", "DER", "-in", tmp_path / "mail.der", "-inkey",
                                    tmp_path / "dsl.key", "-recip", tmp_path / "dsl.pem"], capture_output=True, check=True)
        message = email.message_from_bytes(decrypted.stdout, policy=email.policy.default)
        secrets.append(message.get_content().replace("\r\n", "\n"))
    assert all(len(re.findall("(?m)^Account: ", text)) == 1 for text in secrets)
    by_name = {re.search("kim[0-9]+", text)[0]: re.search("Reference: (E-\\S+)", text)[1] for text in secrets}
    # A long one begins a line of its own, as in any mail.
    shows("encrypted mail", "".join(re.findall("(?m)^Account: \\s*.*\n", "".join(secrets))))
    assert any("=1+1\\u{202E}" in text and "Device: " in text for text in secrets)

    # The terminal.
    shows("attempts", run("attempts", *state, *opened))

    # Bundle, table for a case system.
    bundles = ""
    hard = [NAMES[trick] for trick in ("direction", "separators", "formula", "at")]
    for number, name in enumerate(hard):
        reference = by_name[re.search("kim[0-9]+", name)[0]]
        shows("show", run("episode", "show", reference, *state, *opened), [name])
        run("episode", "export", reference, *state, "--out", tmp_path / f"bundle{number}", "--csv", tmp_path / f"{number}.csv",
            *opened)
        bundles += run("unseal", *key, tmp_path / f"bundle{number}")
        text = (tmp_path / f"{number}.csv").read_text(encoding="utf-8-sig")
        table = list(csv.reader(text.splitlines(keepends=True)))
        assert len({len(row) for row in table}) == 1, table
        assert not [cell for row in table for cell in row if re.match(r"\s*[=+@-]", cell)], table
    shows("unseal", bundles, hard)
    shows("csv", "".join((tmp_path / f"{number}.csv").read_text() for number in range(len(hard))).replace("\r\n", "\n"), hard)

    # Reports.
    days = ("--from", "2026-11-23", "--to", "2026-11-23")
    for kind, words in (("plain.html", ()), ("names.html", opened), ("names.pdf", opened)):
        run("report", *policy, *state, *days, "--out", tmp_path / kind, *words)
    plain, named = (Tags((tmp_path / name).read_text()) for name in ("plain.html", "names.html"))
    assert "script" not in named.found and not [each for each in named.found if " on" in each]
    shows("html", named.text)
    shows_none("html without names", plain.text)
    if shutil.which("pdftotext"):
        text = subprocess.run(["pdftotext", "-raw", tmp_path / "names.pdf", "-"], capture_output=True, text=True, check=True)
        missing = [name for name in NAMES.values() if re.search("kim[0-9]+", name)[0] not in text.stdout]
        assert not missing, missing

    # One person's own data.
    user = NAMES["script"]
    run("subject", "export", *policy, *state, "--person", user, "--out", tmp_path / "subject", *key, *BY)
    page = Tags((tmp_path / "subject/subject.html").read_text())
    assert "script" not in page.found and json.loads((tmp_path / "subject/subject.json").read_text())
    shows("subject", page.text, [user])
    assert "every record is as it was written" in run("verify", *state)
