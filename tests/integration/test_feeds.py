"""Feeds from a real nginx over TLS, and from a server that breaks every rule."""

import fcntl
import gzip
import hashlib
import io
import os
import shutil
import stat
import subprocess
import tarfile
import time

import pytest

from support.feeds import Centre, ListServer, ScriptedServer, answer, make_certificate
from support.process import end
from support.wait import until

LIST = "".join(f"host{number}.example\n" for number in range(5000)).encode()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    return {name: make_certificate(folder, name) for name in ("server", "other")}


@pytest.fixture(scope="module")
def nginx(tmp_path_factory, certificates):
    server = ListServer(tmp_path_factory.mktemp("nginx"), *certificates["server"])
    (server.www / "list.txt").write_bytes(LIST)
    (server.www / "slow.txt").write_bytes(LIST)
    yield server
    end(server.child)


@pytest.fixture
def scripted(certificates):
    started = []

    def start(script, certificate="server"):
        started.append(ScriptedServer(*certificates[certificate], script))
        return started[-1]

    yield start
    for server in started:
        server.stop()


def archive(files):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def test_a_feed_over_its_life(tmp_path, nginx):
    file = nginx.www / "ut1.tar.gz"
    file.write_bytes(archive({"blacklists/gambling/domains": b"bet.example\n", "blacklists/adult/domains": b"x.example\n"}))
    centre = Centre(tmp_path, nginx.url("ut1.tar.gz"), nginx.ca)
    first = centre.update()
    assert (first.result, first.message, first.tries) == ("updated", "", 1)
    assert centre.tree() == {"gambling/domains": "bet.example\n", "adult/domains": "x.example\n"}
    assert first.stderr == "feed: a new version\n"  # no bar and no colour where it is no terminal
    saved = centre.saved()
    assert (saved["url"], saved["failures"], saved["last_error"]) == (nginx.url("ut1.tar.gz"), 0, "")
    assert saved["etag"] and saved["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    assert 0.9 * 86400 - 60 <= saved["next_due"] - time.time() <= 1.1 * 86400

    assert centre.update().result == "unchanged"
    assert nginx.log()[-1][:2] == ["304", "/ut1.tar.gz"] and nginx.log()[-1][2].startswith("breakwater/")
    os.utime(file, (1, 1))  # another validator, the same bytes
    assert centre.update().result == "unchanged"
    assert nginx.log()[-1][0] == "200"

    file.write_bytes(archive({"blacklists/gambling/domains": b"new.example\n"}))
    assert centre.update("discard").result == "updated"
    saved = centre.saved()
    assert (saved["last_error"], saved["failures"]) == ("refused by the rehearsal", 1) and "adult/domains" in centre.tree()
    assert saved["next_due"] - time.time() > 0.8 * 86400
    assert centre.update().result == "updated"
    assert centre.tree() == {"gambling/domains": "new.example\n"}
    assert centre.tree("previous") == {"gambling/domains": "bet.example\n", "adult/domains": "x.example\n"}
    assert sorted(path.name for path in (centre.state / "feed").iterdir()) == ["current", "lock", "previous", "state.json"]
    for name, mode in {".": 0o750, "state.json": 0o640, "lock": 0o640}.items():  # what is within is behind the folder
        assert stat.S_IMODE((centre.state / "feed" / name).stat().st_mode) & ~mode == 0, name


def test_one_file_and_a_redirect(tmp_path, nginx):
    centre = Centre(tmp_path, nginx.url("moved"), nginx.ca)
    outcome = centre.update(environment={"https_proxy": "http://127.0.0.1:9", "all_proxy": "http://127.0.0.1:9"})
    assert (outcome.result, outcome.lists) == ("updated", str(centre.state / "feed/current/moved"))
    assert centre.tree() == {"moved": LIST.decode()}


def test_plain_http_where_it_is_allowed(tmp_path, nginx):
    centre = Centre(tmp_path, nginx.url("to-http"), nginx.ca, plain_http=True)
    assert centre.update().result == "updated" and centre.tree() == {"to-http": LIST.decode()}


@pytest.mark.parametrize("path, content, keys, message", [
    ("missing.txt", None, {}, "the server answers 404"),
    ("gone", None, {}, "the server answers 404"),
    ("forbidden", None, {}, "the server answers 403"),
    ("to-http", None, {}, "redirected to what is not https"),
    ("to-file", None, {"plain_http": True}, "redirected to what is neither http nor https"),
    ("loop", None, {}, "more than 5 redirects"),
    ("page.txt", b"\n<!DOCTYPE html><title>Down for maintenance</title>", {}, "an HTML or XML page, not a list"),
    ("error.txt", b'{"error": "no such list"}', {}, "JSON, not a list"),
    ("empty.txt", b"", {}, "an empty file, not a list"),
    ("list.txt", None, {"max_bytes": "10KiB"}, "larger than max_bytes (10.0 KiB)"),
    ("bomb.gz", gzip.compress(b"a.example\n" * 1_000_000), {"max_unpacked_bytes": "1MiB"}, None),
    ("broken.tar.gz", archive({"gambling/domains": LIST})[:-200], {}, None),
    ("list.txt", None, {"ca": None}, "SSL certificate problem"),
    ("list.txt", None, {"sha256": "list.txt"}, "the file of SHA-256 digests has none for list.txt"),
    ("list.txt", None, {"sha256": "missing.txt"}, "missing.txt: the server answers 404"),
], ids=lambda value: "" if isinstance(value, bytes) else None)
def test_what_is_refused_at_once(tmp_path, nginx, path, content, keys, message):
    if content is not None:
        (nginx.www / path).write_bytes(content)
    keys = {key: nginx.url(value) if key == "sha256" else value for key, value in keys.items()}
    centre = Centre(tmp_path, nginx.url(path), **{"ca": nginx.ca, **keys})
    outcome = centre.update()
    assert (outcome.result, outcome.tries) == ("failed", 1)
    assert message is None or outcome.message.startswith(message)
    assert outcome.stderr.endswith(f"feed: {outcome.message}\n")
    assert sorted(path.name for path in (centre.state / "feed").iterdir()) == ["lock", "state.json"]
    assert (centre.saved()["last_error"], centre.saved()["failures"]) == (outcome.message, 1)


@pytest.mark.parametrize("path, keys, message", [
    ("broken", {}, "the server answers 500"),
    ("hangs-up", {}, "HTTP/2 stream 1 was not closed cleanly"),
    ("slow.txt", {"timeout": "1s"}, "took longer than 1 s"),
    ("list.txt", {"proxy": "http://127.0.0.1:9"}, "Failed to connect to 127.0.0.1 port 9"),
])
def test_what_may_pass_is_tried_five_times(tmp_path, nginx, path, keys, message):
    outcome = Centre(tmp_path, nginx.url(path), nginx.ca, **keys).update()
    assert (outcome.result, outcome.tries) == ("failed", 5)
    assert outcome.message.startswith(message)
    for wait, expected in zip(outcome.waits, (1000, 4000, 16000, 64000), strict=True):
        assert 0.75 * expected <= wait <= 1.25 * expected


def test_an_old_version_outlives_every_failure(tmp_path, nginx):
    file = nginx.www / "old.txt"
    file.write_bytes(LIST)
    centre = Centre(tmp_path, nginx.url("old.txt"), nginx.ca)
    assert centre.update().result == "updated"
    file.write_text("<html>")
    for failures in (1, 2):
        assert centre.update().message == "an HTML or XML page, not a list"
        assert centre.saved()["failures"] == failures and centre.tree() == {"old.txt": LIST.decode()}
    file.write_text("fresh.example\n")
    assert centre.update().result == "updated" and centre.saved()["failures"] == 0


def test_sha256(tmp_path, nginx):
    digest, other = hashlib.sha256(LIST).hexdigest(), "0" * 64
    table = {f"{digest}  list.txt\n": "", f"{digest}\n": "", f"SHA256 (list.txt) = {digest.upper()}\n": "",
             f"{other}  other.txt\n{digest} *./list.txt\n": "",
             f"{other}  list.txt\n": "the SHA-256 digest does not match", f"{digest[:-1]}\n": "the file of SHA-256"}
    for number, (sums, message) in enumerate(table.items()):
        (nginx.www / "sums").write_text(sums)
        folder = tmp_path / str(number)
        folder.mkdir()
        outcome = Centre(folder, nginx.url("list.txt"), nginx.ca, sha256=nginx.url("sums")).update()
        assert outcome.message.startswith(message) and (outcome.result == "updated") == (message == ""), sums


@pytest.mark.skipif(not shutil.which("minisign"), reason="minisign is not there")
def test_minisign(tmp_path, nginx):
    file = nginx.www / "signed.txt"
    file.write_bytes(LIST)
    key = tmp_path / "key.pub"
    subprocess.run(["minisign", "-GWf", "-p", key, "-s", tmp_path / "key"], check=True, capture_output=True)
    centre = Centre(tmp_path, nginx.url("signed.txt"), nginx.ca, minisign=key.read_text().splitlines()[1])
    assert centre.update().message == "signed.txt.minisig: the server answers 404"
    subprocess.run(["minisign", "-SWm", file, "-s", tmp_path / "key"], check=True, capture_output=True)
    assert centre.update().result == "updated"
    file.write_bytes(LIST + b"poison.example\n")
    assert centre.update().message == "signature: the signature is not of this file"
    assert centre.tree() == {"signed.txt": LIST.decode()}


def test_no_certificate_but_the_right_one(tmp_path, scripted, certificates):
    server = scripted(lambda request, _: answer(request, LIST), certificate="other")
    for ca, message in ((certificates["server"][0], "SSL certificate problem"), (server.ca, "SSL: no alternative")):
        outcome = Centre(tmp_path, server.url(), ca).update()
        assert outcome.result == "failed" and outcome.message.startswith(message) and outcome.tries == 1
    assert server.seen == []


def cut(request, *, etag='"one"', body=LIST, at=20_000, **fields):
    answer(request, body[:at], length=len(body), etag=etag, **fields)


def rest_of(request, *, body=LIST, etag='"one"', lie=0):
    begin = int(request.headers["Range"].removeprefix("bytes=").removesuffix("-"))
    answer(request, body[begin:], status=206, etag=etag,
           content_range=f"bytes {begin + lie}-{len(body) - 1}/{len(body)}")


OTHER = LIST.replace(b"example", b"invalid")


@pytest.mark.parametrize("steps, tries, expected", [
    ([cut, rest_of], 2, LIST),
    ([cut, lambda request: answer(request, OTHER, etag='"two"')], 2, OTHER),  # If-Range did not hold
    ([cut, lambda request: rest_of(request, body=OTHER, etag='"two"'), lambda request: answer(request, OTHER)], 3, OTHER),
    ([cut, lambda request: rest_of(request, lie=7), lambda request: answer(request, LIST)], 3, LIST),
    ([cut, lambda request: answer(request, b"", status=416), lambda request: answer(request, OTHER)], 2, OTHER),
    ([lambda request: cut(request, etag='W/"one"'), lambda request: answer(request, OTHER)], 2, OTHER),
    ([lambda request: answer(request, b"", status=503)] * 2 + [lambda request: answer(request, LIST)], 3, LIST),
])
def test_a_broken_download_goes_on(tmp_path, scripted, steps, tries, expected):
    server = scripted(lambda request, number: steps[number - 1](request))
    centre = Centre(tmp_path, server.url(), server.ca)
    outcome = centre.update()
    assert (outcome.result, outcome.tries, len(server.seen)) == ("updated", tries, len(steps)), outcome
    assert centre.tree() == {"list.txt": expected.decode()}
    resumes = steps[0] is cut
    assert (server.seen[1].get("range"), server.seen[1].get("if-range")) == (
        ("bytes=20000-", '"one"') if resumes else (None, None))
    assert server.seen[0]["accept-encoding"] == "identity"


def test_what_waits_between_two_runs(tmp_path, scripted):
    """A part outlives the process, but not a change of the feed's address."""
    server = scripted(lambda request, number: cut(request) if number < 6 else rest_of(request)
                      if "Range" in request.headers else answer(request, OTHER))
    centre = Centre(tmp_path, server.url(), server.ca)
    assert centre.update().tries == 5
    assert Centre(tmp_path, server.url("moved.txt"), server.ca).update().result == "updated"
    assert "range" not in server.seen[-1]


@pytest.mark.parametrize("script, keys, tries, message", [
    (lambda request, _: answer(request, LIST, length=10 << 30), {"max_bytes": "1MiB"}, 1, "larger than max_bytes (1.0 MiB)"),
    (lambda request, _: answer(request, LIST, length=len(LIST) + 1), {}, 5, "the connection ended before the file did"),
    (lambda request, _: answer(request, b"", status=429, retry_after=7200), {}, 1,
     "the server answers 429, and asks to wait 7200 s"),
    (lambda request, _: answer(request, b"", status=304), {}, 1, "the server answers 304"),
    (lambda request, _: answer(request, LIST, status=206, content_range="bytes 5-9/10"), {}, 5,
     "the server sent another part than was asked for"),
])
def test_servers_that_break_the_rules(tmp_path, scripted, script, keys, tries, message):
    server = scripted(script)
    outcome = Centre(tmp_path, server.url(), server.ca, **keys).update()
    assert (outcome.result, outcome.tries, outcome.message) == ("failed", tries, message)


def test_too_large_without_a_length(tmp_path, scripted):
    def endless(request, _):
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while True:
            request.wfile.write(b"2000\r\n" + b"a.example\n" * 819 + b"x\n\r\n")

    server = scripted(endless)
    outcome = Centre(tmp_path, server.url(), server.ca, max_bytes="256KiB").update()
    assert (outcome.tries, outcome.message) == (1, "larger than max_bytes (256.0 KiB)")


def test_a_stall_and_a_retry_after(tmp_path, scripted):
    def script(request, number):
        if number == 1:
            cut(request, at=100)
            until(lambda: len(server.seen) > 1, "the next attempt")
        elif number == 2:
            answer(request, b"", status=503, retry_after=200)
        else:
            rest_of(request)

    server = scripted(script)
    began = time.monotonic()
    outcome = Centre(tmp_path, server.url(), server.ca, stall="1s").update()
    assert (outcome.result, outcome.tries) == ("updated", 3)
    assert outcome.waits[1] == 200_000 and 1 <= time.monotonic() - began < 8


def test_cancelled_without_waiting_for_the_server(tmp_path, scripted):
    server = scripted(lambda request, _: (cut(request, at=100), time.sleep(3)))
    centre = Centre(tmp_path, server.url(), server.ca)
    child = subprocess.Popen(centre.command(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    until(lambda: server.seen, "the request")
    began = time.monotonic()
    end(child)
    assert '"result":"cancelled"' in child.stdout.read() and time.monotonic() - began < 2.5
    child.stdout.close()
    assert not (centre.state / "feed/state.json").exists()


def test_one_update_at_a_time(tmp_path, nginx):
    centre = Centre(tmp_path, nginx.url("list.txt"), nginx.ca)
    (centre.state / "feed").mkdir(parents=True)
    with open(centre.state / "feed/lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert centre.update().message == "another process is updating this feed"
    assert centre.update().result == "updated"
