"""`breakwater backup` and `restore`: consistent under load, whole or not at all, and no key is in it."""

import io
import json
import tarfile

import pytest

from support.centre import centre
from support.command import run
from support.load import Load


def verified(state):
    result = run("verify", "--state", state, "--json")
    assert result.returncode == 0, result.stdout + result.stderr
    return json.loads(result.stdout)["records"]


def test_round_trip_under_load(start_gateway, tmp_path):
    gateway = start_gateway(**centre())
    backups = [tmp_path / f"{number}.tar" for number in range(3)]
    with Load(gateway, {"http://terror.test/": 403}, connections=4, rate=200) as load:
        for number, file in enumerate(backups):
            gateway.log_lines(20 * (number + 1))
            made = run("backup", "--state", gateway.state, "--out", file)
            assert made.returncode == 0 and "without the keys" in made.stdout, made.stderr
    assert load.failures == []
    refused = run("restore", "--state", gateway.state, backups[0])
    assert refused.returncode == 2 and "a gateway runs on" in refused.stderr
    gateway.stop()
    whole = verified(gateway.state)
    counts = []
    for number, file in enumerate(backups):
        assert file.stat().st_mode & 0o777 == 0o600
        with tarfile.open(file) as archive:
            names = archive.getnames()
        assert names[0] == "manifest.json" and "attempts.db" in names and not [name for name in names if "key" in name]
        state = tmp_path / f"restored{number}"
        result = run("restore", "--state", state, file)
        assert result.returncode == 0, result.stderr
        counts.append(verified(state))
    assert 0 < counts[0] <= counts[1] <= counts[2] <= whole

    refused = run("restore", "--state", gateway.state, backups[0])
    assert refused.returncode == 1 and "--replace sets them aside" in refused.stderr and verified(gateway.state) == whole
    result = run("restore", "--replace", "--state", gateway.state, backups[0])
    assert result.returncode == 0 and verified(gateway.state) == counts[0]
    aside = next(gateway.state.glob("before-restore-*"))
    assert (aside / "attempts.db").is_file()
    gateway.start()  # goes on with what was restored
    with gateway.connect() as client:
        client.send("GET http://terror.test/ HTTP/1.1\r\nHost: terror.test\r\n\r\n")
        assert client.response().status == 403
    gateway.stop()
    assert verified(gateway.state) > counts[0]


def rewritten(source, target, change):
    """The backup with its members, (name, bytes), as `change` gives them."""
    with tarfile.open(source) as archive:
        members = [(member.name, archive.extractfile(member).read()) for member in archive]
    with tarfile.open(target, "w") as archive:
        for name, content in change(members):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def manifest_naming(name):
    text = json.dumps({"breakwater_backup": 1, "files": [{"name": name, "size": 1, "sha256": "00"}]}).encode()
    return lambda members: [("manifest.json", text), (name, b"x")]


@pytest.fixture(scope="module")
def backup(tmp_path_factory):
    from support.gateway import Gateway
    folder = tmp_path_factory.mktemp("backup")
    gateway = Gateway(folder, **centre())
    try:
        with gateway.start().connect() as client:
            client.send("GET http://terror.test/ HTTP/1.1\r\nHost: terror.test\r\n\r\n").response()
        assert run("backup", "--state", gateway.state, "--out", folder / "good.tar").returncode == 0
    finally:
        gateway.close()
    return folder / "good.tar"


@pytest.mark.parametrize("change, why", [
    (lambda members: members[1:], "does not begin with a manifest"),
    (lambda members: [("manifest.json", b"{}"), *members[1:]], "its manifest cannot be read"),
    (lambda members: members[:1], "is not in the backup"),
    (lambda members: [*members, ("attempts.db2", b"x")], "a file that its manifest does not name"),
    (lambda members: [(name, content[:-1] + b"!" if name == "attempts.db" else content) for name, content in members], "attempts.db is damaged"),
    (lambda members: [(name, content + b"!" if name == "attempts.db" else content) for name, content in members], "larger than its manifest says"),
    *[(manifest_naming(name), "its manifest cannot be read")
      for name in ("../attempts.db", "/etc/passwd", "portal/../../x", "keys/chain.key", "portal/", "portal/a\nb")],
])
def test_a_backup_that_is_none_changes_nothing(backup, tmp_path, change, why):
    rewritten(backup, tmp_path / "bad.tar", change)
    result = run("restore", "--state", tmp_path / "state", tmp_path / "bad.tar")
    assert result.returncode == 1 and why in result.stderr, result.stderr
    assert list((tmp_path / "state").iterdir()) == []


def test_a_cut_backup_changes_nothing(backup, tmp_path):
    whole = backup.read_bytes()
    for size in (0, 1, 511, 512, 1024, 5000, len(whole) // 2):
        (tmp_path / "cut.tar").write_bytes(whole[:size])
        result = run("restore", "--state", tmp_path / "state", tmp_path / "cut.tar")
        assert result.returncode == 1 and list((tmp_path / "state").iterdir()) == [], (size, result.stderr)


def test_a_state_without_records(tmp_path):
    result = run("backup", "--state", tmp_path, "--out", tmp_path / "x.tar")
    assert result.returncode == 1 and "there are no records" in result.stderr and not (tmp_path / "x.tar").exists()
