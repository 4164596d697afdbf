"""Hostile lists: each is refused or cleaned with a message, and the gateway goes on with the last good version."""

import gzip
import io
import tarfile

import pytest

from support.gateway import Gateway
from support.pace import SANITIZED
from support.peer import get

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[[lists.feed]]
name = "plain"
path = "plain.txt"
category = "malware"
[[lists.feed]]
name = "tree"
path = "tree"
[[lists.feed]]
name = "packed"
path = "packed.tar.gz"
[[lists.feed]]
name = "guardian"
path = "guardian"
format = "e2guardian"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[[rule]]
name = "never"
block = ["malware", "games", "phishing", "scams"]
"""
HOSTS = "127.0.0.1 plain.test tree.test packed.test guardian.test fine.test\n"


def archive(members, kind="w:gz"):
    """Name -> bytes, or the TarInfo of something else."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=kind) as tar:
        for name, content in members.items():
            info = content if isinstance(content, tarfile.TarInfo) else tarfile.TarInfo(name)
            info.name = name
            if isinstance(content, bytes):
                info.size = len(content)
            tar.addfile(info, io.BytesIO(content) if isinstance(content, bytes) else None)
    return out.getvalue()


def link(target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo()
    info.type, info.linkname = kind, target
    return info


PLAIN, TREE, EXPRESSIONS, PACKED, GUARDIAN = ("plain.txt", "tree/games/domains", "tree/games/expressions",
                                              "packed.tar.gz", "guardian/scams/bannedsitelist")
GOOD = {PLAIN: b"plain.test\n", TREE: b"tree.test\n", EXPRESSIONS: b"^never[0-9]\\.test/\n",
        PACKED: archive({"phishing/domains": b"packed.test\n"}), GUARDIAN: b"guardian.test\n"}
REFUSED, TAKEN = "reload refused", "reload done"

#  What is put in whose place, whether it is taken, and what is told of it.
POISON = {
    "empty": (PLAIN, b"", REFUSED, "plain.txt: error: has not a single entry"),
    "comments": (PLAIN, b"# nothing\n\n", REFUSED, "plain.txt: error: has not a single entry"),
    "html": (PLAIN, b"\n<!DOCTYPE html><html>plain.test</html>\n", REFUSED, "an HTML or XML page, not a list"),
    "com": (PLAIN, b"plain.test\ncom\n", TAKEN, 'plain.txt:2:1: warning: "com" would cover a whole top-level domain'),
    "co.uk": (PLAIN, b"plain.test\nco.uk\n", TAKEN, '"co.uk" would cover a whole public suffix'),
    "only-suffixes": (PLAIN, b"com\nco.uk\n*\n", REFUSED, "plain.txt: error: has not a single entry"),
    "byte-order-mark": (PLAIN, b"\xef\xbb\xbfplain.test\n", TAKEN, ""),
    "crlf": (PLAIN, b"plain.test\r\nother.test\r\n", TAKEN, ""),
    "cr": (PLAIN, b"plain.test\rother.test\r", REFUSED, "lines end in CR alone"),
    "utf-16": (PLAIN, "plain.test\n".encode("utf-16"), REFUSED, "UTF-16 or UTF-32: save the list as UTF-8"),
    "nul": (PLAIN, b"plain.test\nfi\0ne.test\n", TAKEN, "plain.txt:2:"),
    "binary": (PLAIN, bytes(range(256)) * 64, REFUSED, "binary data, not a list"),
    "10-mb-line": (PLAIN, b"plain.test\n" + b"fine.test " * (1 << 20) + b"\n", TAKEN,
                   "plain.txt:2:1: warning: the line is longer than 8 KiB and was passed over"),
    "10-mb-without-an-end": (PLAIN, b"plain.test\n" + b"a" * (10 << 20), TAKEN, "the line is longer than 8 KiB"),
    "duplicates": (PLAIN, b"plain.test\n" * (500_000 if SANITIZED else 50_000_000), TAKEN, ""),
    "punycode": (PLAIN, b"plain.test\nxn--99999999999.test\n", TAKEN, 'plain.txt:2:1: warning: "xn--99999999999.test"'),
    "mixed-case": (PLAIN, b"PlAiN.TeSt\n", TAKEN, ""),
    "trailing-dots": (PLAIN, b"plain.test.\nfine..\n", TAKEN, 'plain.txt:2:1: warning: "fine.."'),
    "64-letters": (PLAIN, b"plain.test\n" + b"a" * 64 + b".fine.test\n", TAKEN, "longer than 63 bytes"),
    "escapes": (PLAIN, b"plain.test\n\x1b[2J\x1b]0;x\x07.fine.test\n", TAKEN, "plain.txt:2:1: warning: "),
    "the-internet": (PLAIN, b"plain.test\n0.0.0.0/0\n::/0\n", TAKEN, 'warning: "0.0.0.0/0" would cover too much'),
    "100000-bad-lines": (PLAIN, b"plain.test\n" + b"a..b\n" * 100_000, TAKEN, "99980 more"),
    "catastrophe": (EXPRESSIONS, b"(a+)+$\n((x*)*)*y\\.test\n([a-z]+)*fight\n^never[0-9]\\.test/\n", TAKEN, ""),
    "back-reference": (EXPRESSIONS, b"(a+)\\1\n^never[0-9]\\.test/\n", TAKEN, "tree/games/expressions:1:"),
    "too-large": (EXPRESSIONS, b"((a{1000}){1000}){1000}\n^never[0-9]\\.test/\n", TAKEN, "tree/games/expressions:1:"),
    "matches-everything": (EXPRESSIONS, b".*\n^never[0-9]\\.test/\n", TAKEN, "tree/games/expressions:1:"),
    "matches-the-empty-string": (EXPRESSIONS, b"a*\n^never[0-9]\\.test/\n", TAKEN, "tree/games/expressions:1:"),
    "matches-every-host": (EXPRESSIONS, b"[a-z]\n^never[0-9]\\.test/\n", TAKEN, "it would match every host"),
    "gzip-bomb": (PACKED, gzip.compress(archive({"phishing/domains": b"packed.test\n" * 4_000_000}, "w"), 9), REFUSED,
                  "packed.tar.gz: error: cannot be unpacked: unpacks to more than 100 times its size"),
    "traversal": (PACKED, archive({"phishing/domains": b"packed.test\n", "../../fine/domains": b"fine.test\n"}), TAKEN,
                  'the member "../../fine/domains" is left out: a path that leads out of the archive'),
    "absolute": (PACKED, archive({"phishing/domains": b"packed.test\n", "/tmp/breakwater/domains": b"fine.test\n"}),
                 TAKEN, "is left out: an absolute path"),
    "links": (PACKED, archive({"phishing/domains": b"packed.test\n", "games/domains": link("/etc/hostname"),
                               "games/urls": link("phishing/domains", tarfile.LNKTYPE)}), TAKEN, "left out: a link"),
    "cut-archive": (PACKED, GOOD[PACKED][:-40], REFUSED, "cannot be unpacked: is damaged"),
    "archive-of-nothing": (PACKED, archive({}), REFUSED, "cannot be unpacked: "),
    "text-for-archive": (PACKED, b"\x1f\x8bno archive at all", REFUSED, "cannot be unpacked: is damaged"),
    "cyclic-includes": (GUARDIAN, b"guardian.test\n.Include<bannedsitelist>\n", TAKEN, "guardian/scams/bannedsitelist:2:"),
    "include-of-what-is-not-its-business": (GUARDIAN, b"guardian.test\n.Include</etc/passwd>\n", TAKEN,
                                            "guardian/scams/bannedsitelist:2:"),
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    gateway = Gateway(tmp_path_factory.mktemp("poison"), policy=POLICY, hosts=HOSTS, lists={}, files=GOOD)
    try:
        yield gateway.start()
    finally:
        gateway.close()


def blocked(gateway):
    found = []
    for name in ("plain", "tree", "packed", "guardian", "fine"):
        with gateway.connect() as client:  # nobody listens there: what is allowed is answered by 502
            if client.send(get(f"http://{name}.test:1/")).response().status == 403:
                found.append(name)
    return found


@pytest.mark.parametrize("name, content, outcome, message", POISON.values(), ids=POISON)
def test_poison(gateway, name, content, outcome, message):
    seen = len(gateway.stderr())
    try:
        gateway.replace(name, content)
        gateway.reload(outcome)
        told = gateway.stderr()[seen:]
        assert message in told
        assert all(32 <= ord(character) < 127 or character == "\n" for character in told) and len(told) < 20_000
        assert blocked(gateway) == ["plain", "tree", "packed", "guardian"]
    finally:
        gateway.replace(name, GOOD[name])
        gateway.reload()
    assert blocked(gateway) == ["plain", "tree", "packed", "guardian"]
