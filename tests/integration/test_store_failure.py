"""A safeguarding store that cannot be written: the blocked stays blocked, the failure is told, no attempt is lost."""

import json
import pathlib
import shutil
import sqlite3
import subprocess
import threading
import time

import pytest

from support.centre import HOSTS, LISTS, centre, policy
from support.disk import fill, make_image, make_read_only, mounted, small_disk
from support.gateway import BINARY
from support.hello import client_hello
from support.peer import get
from support.tunnel import mirror, open_tunnel, ports
from support.wait import until

ATTEMPTS = 30


def ask(gateway, url):
    with gateway.connect() as client:
        return client.send(get(url)).response()


def recorded(gateway):
    return sorted(attempt["url"] for attempt in gateway.attempts() if attempt["url"])


@pytest.fixture
def disk(tmp_path):
    with small_disk(tmp_path / "disk") as folder:
        yield folder


def test_a_full_disk_blocks_and_keeps_every_attempt(start_gateway, raw_origin, disk, tmp_path):
    origin, tunnels = raw_origin(), raw_origin(mirror)
    gateway = start_gateway(**centre(settings=ports(tunnels), state=disk / "state",
                                     arguments=("--log", tmp_path / "access.log")))
    try:
        assert ask(gateway, origin.url("terror.test", "/before")).status == 403
        gateway.wait_for_stderr("left on its disk: make room")
        filler = fill(disk)
        urls = [origin.url("terror.test", f"/{number}/" + "x" * 2000) for number in range(ATTEMPTS)]
        answers = [ask(gateway, url) for url in urls]
        # What still found room is 403, and that is recorded; the rest says that it could not be.
        assert {answer.status for answer in answers[:5]} <= {403, 503} and {answer.status
                                                                            for answer in answers[-5:]} == {503}
        assert origin.received == b""
        with open_tunnel(gateway, tunnels) as tunnel:
            assert tunnel.send(client_hello("terror.test")).is_closed()  # no alert: it would say that it is recorded
        assert "safeguarding store: " in gateway.stderr() and "full" in gateway.stderr()
        assert ask(gateway, origin.url("allowed.test")).status == 200  # the others are served
        filler.unlink()
        until(lambda: len(gateway.attempts()) == ATTEMPTS + 2, "the attempts to be recorded")
        assert recorded(gateway) == sorted([origin.url("terror.test", "/before"), *urls])
        assert [attempt["sni"] for attempt in gateway.attempts() if attempt["sni"]] == ["terror.test"]
        assert ask(gateway, origin.url("terror.test", "/after")).status == 403
    finally:
        gateway.stop()


def test_a_disk_that_is_full_at_the_end_names_what_it_could_not_write(start_gateway, disk, tmp_path):
    gateway = start_gateway(**centre(state=disk / "state", arguments=("--log", tmp_path / "access.log")))
    fill(disk)
    answers = [ask(gateway, f"http://terror.test/{number}/" + "x" * 2000) for number in range(ATTEMPTS)]
    assert answers[-1].status == 503
    assert gateway.stop() == 0
    lines = (tmp_path / "access.log").read_text().splitlines()
    told, = [line for line in gateway.stderr().splitlines() if "were not recorded before the end" in line]
    refused = [json.loads(line)["id"] for line in lines if json.loads(line)["status"] == 503]
    assert f"{len(refused)} attempts were" in told
    assert [word for word in told.partition("before the end:")[2].partition("(")[0].split()
            if word != "..."] == refused[:20]


@pytest.mark.parametrize("seconds", [0.3, 2.0])
def test_a_locked_database_delays_and_loses_nothing(start_gateway, raw_origin, seconds):
    origin = raw_origin()
    gateway = start_gateway(**centre())
    assert ask(gateway, origin.url("terror.test", "/before")).status == 403
    locker = sqlite3.connect(gateway.state / "attempts.db", isolation_level=None, timeout=20)
    locker.execute("BEGIN EXCLUSIVE")
    urls = [origin.url("terror.test", f"/{number}") for number in range(4)]
    answers = []
    clients = [threading.Thread(target=lambda url=url: answers.append((url, ask(gateway, url).status))) for url in urls]
    for client in clients:
        client.start()
    time.sleep(seconds)
    early = list(answers)
    locker.execute("ROLLBACK")
    locker.close()
    assert {status for _, status in early} <= {503}  # nobody was told that it is on disk while it could not be
    for client in clients:
        client.join(30)
        assert not client.is_alive()
    assert {status for _, status in answers} == ({403} if seconds < 1 else {503})
    assert origin.received == b""
    until(lambda: recorded(gateway) == sorted([origin.url("terror.test", "/before"), *urls]), "every attempt once")


def test_a_database_that_stays_locked_is_told_with_what_waits_and_loses_nothing(start_gateway, raw_origin):
    """Another program holds it for minutes: here until each of several tries has failed."""
    origin = raw_origin()
    gateway = start_gateway(**centre())
    assert ask(gateway, origin.url("terror.test", "/before")).status == 403
    locker = sqlite3.connect(gateway.state / "attempts.db", isolation_level=None, timeout=20)
    locker.execute("BEGIN EXCLUSIVE")
    urls = [origin.url("terror.test", f"/{number}") for number in range(ATTEMPTS)]
    assert {ask(gateway, url).status for url in urls} == {503}

    def store():
        command = [BINARY, "status", "--state", gateway.state, "--json"]
        return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=60).stdout)["records"]

    until(lambda: store()["failures"] >= 3, "several tries to fail")
    assert store()["waiting"] == ATTEMPTS and store()["durable"] == 1
    assert "safeguarding store: " in gateway.stderr() and "locked" in gateway.stderr()
    assert ask(gateway, origin.url("allowed.test")).status == 200
    locker.execute("ROLLBACK")
    locker.close()
    until(lambda: store()["waiting"] == 0, "what waited to be written")
    assert [attempt["url"] for attempt in gateway.attempts()] == [origin.url("terror.test", "/before"), *urls]
    assert ask(gateway, origin.url("terror.test", "/after")).status == 403


def test_a_store_that_was_deleted_is_made_again(start_gateway):
    gateway = start_gateway(**centre())
    assert ask(gateway, "http://terror.test/before").status == 403
    for file in gateway.state.glob("attempts.db*"):
        file.unlink()
    assert ask(gateway, "http://terror.test/after").status == 503
    until(lambda: ask(gateway, "http://terror.test/later").status == 403, "the store to be made again")
    assert recorded(gateway)[0] == "http://terror.test/after"
    assert "moved or deleted" in gateway.stderr()


@pytest.mark.parametrize("damage, told", [
    (lambda data: bytes(100) + data[100:], "file is not a database"),
    (lambda data: data[:len(data) // 2], "malformed"),
    (lambda data: data[:4096] + b"\xff" * (len(data) - 4096), "malformed"),
], ids=["header", "truncated", "pages"])
def test_a_damaged_store_is_told_and_no_page_promises_anything(start_gateway, damage, told):
    gateway = start_gateway(**centre())
    for number in range(50):
        assert ask(gateway, f"http://terror.test/{number}").status == 403
    assert gateway.stop() == 0
    database = gateway.state / "attempts.db"
    damaged = damage(database.read_bytes())
    database.write_bytes(damaged)
    gateway.start()
    assert ask(gateway, "http://terror.test/after").status == 503
    gateway.wait_for_stderr(told)
    assert gateway.stop() == 0
    assert "1 attempts were not recorded" in gateway.stderr()
    assert database.read_bytes() == damaged  # somebody may want it back
    verified = subprocess.run([BINARY, "verify", "--state", gateway.state], capture_output=True, text=True, timeout=60)
    assert verified.returncode != 0


def test_a_torn_log_of_the_store_costs_no_more_than_what_is_torn(start_gateway):
    gateway = start_gateway(**centre())
    urls = [f"http://terror.test/{number}" for number in range(30)]
    assert [ask(gateway, url).status for url in urls] == [403] * len(urls)
    gateway.child.kill()
    gateway.child.wait()
    log = gateway.state / "attempts.db-wal"
    log.write_bytes(log.read_bytes()[:-100])  # no disk does so that keeps what it was told to
    gateway.start()
    assert ask(gateway, "http://terror.test/after").status == 403
    kept = [attempt["url"] for attempt in gateway.attempts()]
    assert kept[-1] == "http://terror.test/after" and kept[:-1] == urls[:len(kept) - 1] and len(kept) >= len(urls) - 1


def test_a_store_that_was_moved_away_is_made_again_and_the_loss_is_told(start_gateway, tmp_path):
    gateway = start_gateway(**centre())
    assert ask(gateway, "http://terror.test/before").status == 403
    (tmp_path / "away").mkdir()
    for file in gateway.state.glob("attempts.db*"):
        file.rename(tmp_path / "away" / file.name)
    assert ask(gateway, "http://terror.test/after").status == 503
    until(lambda: ask(gateway, "http://terror.test/later").status == 403, "the store to be made again")
    assert "moved or deleted" in gateway.stderr()
    verified = subprocess.run([BINARY, "verify", "--state", gateway.state], capture_output=True, text=True, timeout=60)
    assert verified.returncode != 0, "heads were signed for what is away"


def test_a_disk_that_becomes_read_only_blocks_and_promises_nothing(start_gateway, tmp_path):
    image = make_image(tmp_path / "image")
    with mounted(image, tmp_path / "mounted") as device:
        gateway = start_gateway(**centre(state=tmp_path / "mounted/state", arguments=("--log", tmp_path / "access.log")))
        try:
            assert ask(gateway, "http://terror.test/before").status == 403
            # What ext4 does by itself when the disk fails under it.
            pathlib.Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("1")
            assert ask(gateway, "http://terror.test/after").status == 503
            assert "safeguarding store: " in gateway.stderr()
        finally:
            assert gateway.stop() == 0
        assert "1 attempts were not recorded before the end:" in gateway.stderr()
    # Of a copy: where a mount namespace, of another test perhaps, still has the file system, it would come back read-only.
    with mounted(shutil.copy(image, tmp_path / "copy"), tmp_path / "again"):
        assert [attempt["url"] for attempt in gateway.attempts(tmp_path / "again/state")] == ["http://terror.test/before"]


def test_a_store_that_is_none_is_told_and_left_alone(start_gateway, tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    (state / "attempts.db").write_bytes(b"this is no database at all, but somebody may want it back" * 20)
    before = (state / "attempts.db").read_bytes()
    gateway = start_gateway(**centre(state=state))
    gateway.wait_for_stderr("file is not a database")
    assert ask(gateway, "http://terror.test/").status == 503
    assert (state / "attempts.db").read_bytes() == before
    assert gateway.stop() == 0
    assert "1 attempts were not recorded" in gateway.stderr()


def test_a_read_only_state_directory_is_told_at_the_start(disk, tmp_path):
    (tmp_path / "policy.toml").write_text(policy())
    (tmp_path / "hosts").write_text(HOSTS)
    for name, text in LISTS.items():
        (tmp_path / "lists" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lists" / name).write_text(text)
    make_read_only(disk)
    for state in (disk, disk / "state"):
        result = subprocess.run([BINARY, "serve", "--policy", tmp_path / "policy.toml", "--state", state, "--listen",
                                 "127.0.0.1:0"],
                                capture_output=True, text=True, timeout=60)
        assert result.returncode == 2 and "listening" not in result.stdout
        assert str(state) in result.stderr and "Read-only file system" in result.stderr
