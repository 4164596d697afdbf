"""Names in records are sealed to the policy's recipients: nothing on the machine says who it was, and the key says all."""

import json
import re
import sqlite3
import subprocess

import pytest

from support.centre import centre
from support.gateway import BINARY
from support.peer import get
from support.tunnel import connect_request
from support.wait import until

PASSPHRASE = "correct horse battery staple"
SECRET_PATH = "/SecretPath"


def run(*words, code=0, give=None):
    result = subprocess.run([str(word) for word in (BINARY, *words)], input=give, capture_output=True, text=True,
                            timeout=120)
    assert result.returncode == code, result.stdout + result.stderr
    return result.stdout if code == 0 else result.stderr


@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """A lead's key pair and its passphrase, as on the lead's own machine."""
    folder = tmp_path_factory.mktemp("lead")
    (folder / "passphrase").write_text(PASSPHRASE + "\n")
    run("keys", "new", "--out", folder / "lead.key", "--name", "Jane Doe", "--passphrase-file", folder / "passphrase")
    return folder


def recipient(key="lead.pub"):
    return f'[[recipient]]\nname = "Jane Doe"\nrole = "dsl"\nemail = "dsl@centre.test"\nkey = "{key}"\n'


def with_lead(keys):
    made = centre()
    return {**made, "policy": made["policy"] + recipient(),
            "files": {**made.get("files", {}), "lead.pub": (keys / "lead.key.pub").read_text()}}


def ask(gateway, url=f"http://terror.test{SECRET_PATH}?q=SecretWords"):
    with gateway.connect(source="127.0.7.7") as client:
        assert client.send(get(url)).response().status == 403


def bytes_of(gateway):
    """All that the gateway keeps, but for the list entries that name hosts by trade."""
    files = [file for file in gateway.state.rglob("*") if file.is_file() and "lists" not in file.parts]
    return b"".join(file.read_bytes() for file in files if file.suffix != ".bw")


# ---- sealed ---------------------------------------------------------------------------------------------------------


def test_no_name_stays_on_the_machine(start_gateway, keys):
    gateway = start_gateway(**with_lead(keys))
    ask(gateway)
    with gateway.connect(source="127.0.7.7") as client:
        client.send(connect_request("selfharm.test:443")).response()
    first, second = gateway.attempts()
    for attempt in (first, second):
        assert [attempt[key] for key in ("client", "device", "user", "host", "url", "search", "sni")] == [None] * 7
        assert re.fullmatch(r"P-[0-9A-HJKMNP-TV-Z]{8}", attempt["pseudonym"])
    assert first["pseudonym"] == second["pseudonym"] and first["host_tag"] != second["host_tag"]
    assert (first["category"], first["list"], first["line"]) == ("terrorism", "local/terrorism/domains", 2)
    lines = gateway.log_lines(2)
    assert {line["client"] for line in lines} == {first["pseudonym"]}
    assert {line["host"] for line in lines} == {"(withheld)"} and not {"url", "search", "user", "sni"} & set(lines[0])
    assert gateway.stop() == 0
    kept = bytes_of(gateway)
    for name in (b"127.0.7.7", b"SecretPath", b"SecretWords", b"terror.test", b"selfharm.test"):
        assert name not in kept
    assert not (gateway.state / "keys" / "holding.key").exists()
    assert b"127.0.7.7" not in gateway.stderr().encode()


def test_recipients_take_over_what_the_machine_held(start_gateway, keys):
    gateway = start_gateway(**{**with_lead(keys), "policy": centre()["policy"]})
    ask(gateway)
    assert gateway.attempts()[0]["client"] == "127.0.7.7"
    assert "sealed to a key on this machine" in gateway.stderr()
    assert "no recipient" in run("keys", "list", "--state", gateway.state)
    gateway.policy_file.write_text(centre()["policy"] + recipient())
    gateway.reload()
    assert not (gateway.state / "keys" / "holding.key").exists()
    ask(gateway)
    assert [attempt["client"] for attempt in gateway.attempts()] == [None, None]
    listed, = [json.loads(line) for line in run("keys", "list", "--state", gateway.state, "--json").splitlines()]
    shown = json.loads(run("keys", "show", keys / "lead.key", "--json"))
    assert listed["fingerprint"] == shown["fingerprint"] and listed["name"] == "Jane Doe"


@pytest.mark.parametrize("text, message", [
    ("hello", 'the key of "Jane Doe" is no public key of `breakwater keys new`'),
    ("breakwater-key-1 AAAA x", 'the key of "Jane Doe" is a public key that is damaged: take a new copy'),
    ('{"breakwater": "private key 1"}', "is a private key: name its .pub file here, and take this one off the machine")])
def test_a_key_file_that_is_none_is_refused(tmp_path, start_gateway, keys, text, message):
    gateway = start_gateway(**with_lead(keys))
    gateway.replace("lead.pub", text)
    result = subprocess.run([BINARY, "policy", "check", gateway.policy_file], capture_output=True, text=True, timeout=60)
    assert result.returncode == 1 and message in result.stderr + result.stdout
    gateway.reload("reload refused")
    ask(gateway)
    assert gateway.attempts()[0]["client"] is None  # the last good policy holds


def test_a_lead_without_a_key_is_warned_of(tmp_path, start_gateway):
    policy = centre()["policy"] + recipient().replace('key = "lead.pub"\n', "")
    gateway = start_gateway(**{**centre(), "policy": policy})
    assert 'recipient "Jane Doe"' in gateway.stderr() and "cannot learn names" in gateway.stderr()


# ---- keys -----------------------------------------------------------------------------------------------------------


def test_a_key_is_never_overwritten_and_needs_a_passphrase(tmp_path, keys):
    assert "is there already" in run("keys", "new", "--out", keys / "lead.key", give=PASSPHRASE, code=2)
    assert "12 characters" in run("keys", "new", "--out", tmp_path / "k", give="short\n", code=1)
    assert not list(tmp_path.iterdir())
    out = run("keys", "new", "--out", tmp_path / "k", "--name", "Deputy", give=PASSPHRASE + "\n")
    assert "Deputy" in out and (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    assert PASSPHRASE not in (tmp_path / "k").read_text()
    assert "there is no such file" in run("keys", "show", tmp_path / "none", code=2)
    (tmp_path / "junk").write_text("x")
    assert "is no public key" in run("keys", "show", tmp_path / "junk", code=1)


# ---- the chain ------------------------------------------------------------------------------------------------------


def test_verify_proves_or_names_the_record(start_gateway, keys, tmp_path):
    gateway = start_gateway(**with_lead(keys))
    for number in range(3):
        ask(gateway, f"http://terror.test/{number}")
    assert gateway.stop() == 0
    assert "every record is as it was written" in run("verify", "--state", gateway.state)
    found = json.loads(run("verify", "--state", gateway.state, "--json"))
    assert found["ok"] and found["records"] >= 4
    head = json.loads((gateway.state / "heads.jsonl").read_text().splitlines()[-1])["head"]
    mail = tmp_path / "mail"
    mail.write_text(f"Subject: x\n\nThe last head:\n{head[:70]}\n{head[70:]}\n\nBreakwater\n")
    for given in (head, mail):
        run("verify", "--state", gateway.state, "--head", given)
    assert "no head" in run("verify", "--state", gateway.state, "--head", "bwh1.nonsense", code=2)
    database = sqlite3.connect(gateway.state / "attempts.db")
    last, = database.execute("SELECT max(seq) FROM records WHERE kind = 'attempt'").fetchone()
    with database:
        database.execute("UPDATE records SET body = replace(body, 'danger', 'notice') WHERE seq = ?", (last,))
    assert f"the body of record {last} was edited" in run("verify", "--state", gateway.state, code=1)
    result = subprocess.run([BINARY, "verify", "--state", gateway.state, "--json"], capture_output=True, text=True,
                            timeout=60)
    assert json.loads(result.stdout)["fault"]["record"] == last and result.returncode == 1
    run("verify", "--state", tmp_path / "none", code=2)


# ---- retention ------------------------------------------------------------------------------------------------------


def test_an_export_opens_on_the_machine_of_the_lead_alone(start_gateway, keys, tmp_path):
    gateway = start_gateway(**with_lead(keys))
    ask(gateway)
    reference = until(lambda: run("episode", "list", "--state", gateway.state), "an episode").split()[1]
    bundle = tmp_path / "bundle"
    run("episode", "export", reference, "--out", bundle, "--by", "A. Lead", "--reason", "asked for", "--state", gateway.state)
    assert "terror.test" not in bundle.read_text() and "127.0.7.7" not in bundle.read_text()
    run("verify", bundle)
    opened = run("unseal", "--key", keys / "lead.key", "--passphrase-file", keys / "passphrase", bundle)
    assert "terror.test" in opened and "127.0.7.7" in opened and "SecretWords" in opened
    bundle.write_text(bundle.read_text().replace('"attempt"', '"attempts"', 1))
    assert "changed" in run("unseal", "--key", keys / "lead.key", "--passphrase-file", keys / "passphrase", bundle, code=1)


def test_retention_deletes_and_the_chain_holds(start_gateway, keys):
    made = with_lead(keys)
    gateway = start_gateway(**{**made, "clock": "2026-01-10T10:00"})
    ask(gateway)
    assert gateway.stop() == 0
    assert list((gateway.state / "keys" / "days").glob("2026-01-10.*"))
    gateway.policy_file.write_text(made["policy"] + '[retention]\nnames = "30d"\nattempts = "300d"\n')
    gateway.clock = "2026-03-01T10:00"
    gateway.start()

    until(lambda: "names after 30d" in run("verify", "--state", gateway.state), "the names to be deleted")
    until(lambda: not list((gateway.state / "keys" / "days").glob("2026-01-10.*")), "the day's key to be destroyed")
    attempt, = gateway.attempts()
    assert attempt["category"] == "terrorism"


@pytest.mark.parametrize("line, message", [
    ('names = "90"', 'names: "90" is no number of days from 1d to 36600d, as 90d'),
    ('names = "0d"', 'names: "0d" is no number of days'),
    ('attempts = "99999999999d"', "is no number of days"),
    ('name = "9d"', 'did you mean "names"')])
def test_retention_is_told_what_is_wrong_with_it(start_gateway, tmp_path, line, message):
    file = tmp_path / "policy.toml"
    (tmp_path / "lists").mkdir()
    file.write_text(centre()["policy"] + f"[retention]\n{line}\n")
    result = subprocess.run([BINARY, "policy", "check", file], capture_output=True, text=True, timeout=60)
    assert message in result.stderr + result.stdout
