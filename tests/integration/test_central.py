"""Records of several gateways in one PostgreSQL: each there once and in order, whatever happens to either side."""

import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import threading

import pytest

from support.central import central, key_of, local, settle, there
from support.centre import centre
from support.gateway import BINARY
from support.peer import get
from support.postgres import PASSWORD, PROGRAMS, Cutter, Postgres
from support.smtp import certificate as make_certificate
from support.wait import until

pytestmark = pytest.mark.skipif(not PROGRAMS, reason="there is no PostgreSQL: deploy/install-packages test")

GRANTS = pathlib.Path(__file__).parents[2] / "deploy/sample/central.sql"
KEPT = ("encode(gateway, 'hex'), seq, time, kind, reference, md5(body), md5(sealed), encode(body_digest, 'hex'), "
        "encode(sealed_digest, 'hex'), encode(hash, 'hex')")


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    running = Postgres(tls=make_certificate(tmp_path_factory.mktemp("server")))
    yield running
    running.close()


@pytest.fixture
def postgres(server):
    """Up, with an empty database that the role `gateway` owns."""
    return server.start().make()


def options(database, name="site1", *, settings=None, **rest):
    """For start_gateway: a centre whose records go to that database."""
    address = database if isinstance(database, str) else database.address()
    made = centre(settings={"store.central": address, "store.password_file": "password", "store.gateway": name,
                            "store.retry": "20ms", **(settings or {})}, **rest)
    return {**made, "files": {**made.get("files", {}), "password": PASSWORD + "\n"}}


def ask(gateway, count=1):
    for _ in range(count):
        with gateway.connect() as client:
            assert client.send(get("http://terror.test/SecretPath")).response().status == 403


# ---- there once, in order -------------------------------------------------------------------------------------------


def test_every_record_is_there_once_and_in_order(start_gateway, postgres):
    gateway = start_gateway(**options(postgres))
    ask(gateway, 5)
    settle(postgres, gateway)
    assert len(postgres.sql("SELECT 1 FROM breakwater.record WHERE kind = 'attempt'")) == 5
    def status():
        row, = central(postgres, "status")
        return [row[key] for key in ("gateway", "records", "waiting", "forked")]
    until(lambda: status() == ["site1", len(local(gateway)), 0, False], status)  # an episode may still be on its way
    gateway.wait_for_stderr("central store: all records are there, as those of gateway site1")
    # Names are as sealed there as here, and what opens them on this machine has not left it.
    dump = "\n".join(postgres.sql(f"SELECT {KEPT}, body, encode(sealed, 'escape') FROM breakwater.record; "
                                  "SELECT * FROM breakwater.day_key"))
    assert "SecretPath" not in dump and "127.0.0.1" not in dump
    assert postgres.sql("SELECT wrapped::jsonb -> 'wrapped' -> 0 ->> 'name' FROM breakwater.day_key") == [
        "holding key of the gateway"]
    gateway.stop()
    assert gateway.stderr().count("all records are there") == 1 and PASSWORD not in gateway.stderr(), "told once"


def test_records_wait_for_a_server_that_is_down_at_the_start(start_gateway, postgres):
    postgres.stop()
    gateway = start_gateway(**options(postgres))
    ask(gateway, 3)
    gateway.wait_for_stderr("Connection refused; records wait here")
    postgres.start()
    settle(postgres, gateway)
    assert gateway.stderr().count("Connection refused; records wait here") == 1, "told once"


def test_a_server_that_crashes_gets_what_it_had_not(start_gateway, postgres):
    gateway = start_gateway(**options(postgres))
    for _ in range(2):
        before = len(there(postgres, gateway))
        with keep_asking(gateway):
            until(lambda: len(there(postgres, gateway)) > before, "records there")
            postgres.stop(signal.SIGQUIT)
            ask(gateway, 3)
            postgres.start()
    settle(postgres, gateway)


def test_a_gateway_that_is_killed_goes_on_where_the_server_is(start_gateway, postgres):
    gateway = start_gateway(**options(postgres))
    for _ in range(3):
        before = len(there(postgres, gateway))
        with keep_asking(gateway, until_failure=True):
            until(lambda: len(there(postgres, gateway)) > before, "records there")
            gateway.child.kill()
            gateway.child.wait()
        gateway.start()
    settle(postgres, gateway)


def test_a_commit_whose_answer_is_lost_is_not_repeated(start_gateway, postgres):
    central(postgres, "migrate")
    cutter = Cutter(postgres)
    try:
        gateway = start_gateway(**options(postgres.address(port=cutter.port) + " sslmode=disable"))
        ask(gateway, 4)
        until(lambda: cutter.cuts, "the connection to be cut")
        settle(postgres, gateway)
        gateway.wait_for_stderr("all records are there")
        count = len(there(postgres, gateway))
        gateway.stop()
        forwarded, failures = map(int, re.search(r"forwarded=(\d+) .*failures=(\d+)", gateway.stderr()).groups())
        assert count <= forwarded <= len(local(gateway)) and failures == 1, "what the lost answer told of counts once"
    finally:
        cutter.close()


def test_two_gateways_that_start_at_once_share_an_empty_database(start_gateway, postgres):
    first = start_gateway(**options(postgres, "site1"))
    second = start_gateway(**options(postgres, "site2"))
    ask(first, 3)
    ask(second, 2)
    settle(postgres, first, second)
    assert [row["gateway"] for row in central(postgres, "status")] == ["site1", "site2"]
    row, = central(postgres, "verify", "--gateway", key_of(second)[:8])
    assert row["gateway"] == "site2"


def test_the_tables_are_made_once_by_however_many(postgres):
    commands = [subprocess.Popen([BINARY, "central", "migrate", "--database", f"host={postgres.folder} port={postgres.port} "
                                  "dbname=breakwater user=gateway"], stderr=subprocess.PIPE) for _ in range(8)]
    assert [(command.communicate()[1], command.returncode) for command in commands] == [(b"", 0)] * 8
    assert postgres.sql("SELECT version FROM breakwater.version") == ["1"]


# ---- what the server refuses ----------------------------------------------------------------------------------------


def test_a_wrong_password_is_told_and_read_again(start_gateway, postgres):
    made = options(postgres)
    gateway = start_gateway(**{**made, "files": {**made["files"], "password": "SecretWrongOne\n"}})
    gateway.wait_for_stderr('password authentication failed for user "gateway"; records wait here')
    gateway.replace("password", PASSWORD + "\n")
    settle(postgres, gateway)
    assert "SecretWrongOne" not in gateway.stderr() and PASSWORD not in gateway.stderr()


def test_a_server_that_cannot_write_gets_all_later(start_gateway, postgres):
    central(postgres, "migrate")
    postgres.sql("CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
                 "'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$;"
                 "CREATE TRIGGER full_disk BEFORE INSERT ON breakwater.record EXECUTE FUNCTION full_disk()")
    gateway = start_gateway(**options(postgres))
    ask(gateway, 2)
    gateway.wait_for_stderr("No space left on device; records wait here")
    assert there(postgres, gateway) == []
    postgres.sql("DROP TRIGGER full_disk ON breakwater.record")
    settle(postgres, gateway)


def test_roles_by_the_sample_write_for_their_own_gateways_alone(start_gateway, postgres):
    postgres.sql("ALTER DATABASE breakwater OWNER TO postgres")
    gateway = start_gateway(**options(postgres))
    gateway.wait_for_stderr("made by `breakwater central migrate`, as the owner of the database; records wait here")
    central(postgres, "migrate", role="postgres")
    gateway.wait_for_stderr("permission denied for schema breakwater; records wait here")
    postgres.sql(GRANTS.read_text())
    postgres.sql("GRANT breakwater_gateway TO gateway; CREATE ROLE other LOGIN IN ROLE breakwater_gateway;"
                 "CREATE ROLE auditor LOGIN IN ROLE breakwater_reader")
    ask(gateway, 2)
    settle(postgres, gateway)
    before = postgres.sql(f"SELECT {KEPT} FROM breakwater.record ORDER BY seq")
    for role, attempt, refusal in (
            ("other", "UPDATE breakwater.record SET body = NULL", None),
            ("other", "UPDATE breakwater.gateway SET seq = 0", None),
            ("gateway", "DELETE FROM breakwater.record", "permission denied"),
            ("gateway", "UPDATE breakwater.record SET hash = hash", "permission denied"),
            ("auditor", "UPDATE breakwater.record SET body = NULL", "permission denied"),
            ("other", "INSERT INTO breakwater.record SELECT gateway, 1000, time, kind, reference, body, sealed, "
                      "body_digest, sealed_digest, hash FROM breakwater.record LIMIT 1", "row-level security")):
        done = postgres.psql(attempt, "breakwater", role)
        assert (refusal or "") in done.stderr and bool(done.returncode) == bool(refusal), (attempt, done.stderr)
    assert postgres.sql(f"SELECT {KEPT} FROM breakwater.record ORDER BY seq") == before
    assert all(row["ok"] for row in central(postgres, "verify", role="auditor"))


def test_a_later_schema_is_refused_and_left_alone(start_gateway, postgres):
    central(postgres, "migrate")
    postgres.sql("UPDATE breakwater.version SET version = 99")
    gateway = start_gateway(**options(postgres))
    gateway.wait_for_stderr("made by a later version of Breakwater: upgrade this one; records wait here")
    ask(gateway)
    for words in (["status"], ["verify"], ["migrate"]):
        assert "made by a later version" in central(postgres, *words, code=2)
    assert postgres.sql("SELECT count(*) FROM breakwater.gateway") == ["0"]


def test_a_server_that_says_nothing_holds_nobody_up(start_gateway):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"host=127.0.0.1 port={silent.getsockname()[1]} dbname=breakwater user=gateway"
        gateway = start_gateway(**options(address, settings={"store.connect": "200ms"}))
        gateway.wait_for_stderr("the server does not answer in time; records wait here")
        ask(gateway, 2)
        assert gateway.stop() == 0


def test_tls_is_verified(start_gateway, postgres, tmp_path):
    address = postgres.address().replace("host=", "host=localhost hostaddr=") + " sslmode=verify-full sslrootcert="
    other, _ = make_certificate(tmp_path)
    stranger = start_gateway(**options(address + str(other), "stranger"))
    stranger.wait_for_stderr("certificate verify failed; records wait here")
    gateway = start_gateway(**options(address + str(postgres.data / "server.pem")))
    ask(gateway)
    settle(postgres, gateway)
    assert [row["gateway"] for row in central(postgres, "status")] == ["site1"], "the stranger has told nothing"


# ---- what was changed behind their backs -----------------------------------------------------------------------------


def test_a_state_that_was_put_back_is_a_fork(start_gateway, postgres, tmp_path):
    gateway = start_gateway(**options(postgres))
    ask(gateway, 2)
    settle(postgres, gateway)
    gateway.stop()
    shutil.copytree(gateway.state, tmp_path / "backup", ignore=shutil.ignore_patterns("control"))
    gateway.start()
    ask(gateway, 30)
    settle(postgres, gateway)
    gateway.stop()
    before = postgres.sql(f"SELECT {KEPT} FROM breakwater.record ORDER BY seq")
    shutil.rmtree(gateway.state)
    shutil.copytree(tmp_path / "backup", gateway.state)
    gateway.start()
    gateway.wait_for_stderr("an older copy of its state was put back; nothing is forwarded until that is mended")
    row, = central(postgres, "status", code=1)
    assert row["forked"] and "an older copy of its state was put back" in row["fork"]["message"]
    ask(gateway, 40)
    gateway.wait_for_stderr("is not the one that the central store has of this gateway")
    assert postgres.sql(f"SELECT {KEPT} FROM breakwater.record ORDER BY seq") == before
    # As the guide says: a key of its own makes it another gateway, and what both have is there under both.
    gateway.stop()
    (gateway.state / "keys/chain.key").unlink()
    gateway.start()
    settle(postgres, gateway)
    assert postgres.sql("SELECT count(*) FROM breakwater.gateway") == ["2"]
    assert [row["ok"] for row in central(postgres, "verify")] == [True, True]


def test_a_change_at_the_server_is_named(start_gateway, postgres):
    gateway = start_gateway(**options(postgres))
    ask(gateway, 3)
    settle(postgres, gateway)
    gateway.stop()
    last = len(there(postgres, gateway))
    for change, undo, fault in (
            ("UPDATE breakwater.record SET body = body || ' ' WHERE seq = 2",
             "UPDATE breakwater.record SET body = rtrim(body) WHERE seq = 2", "the body of record 2 was edited"),
            ("UPDATE breakwater.record SET kind = 'unheard' WHERE seq = 1",
             "UPDATE breakwater.record SET kind = 'key' WHERE seq = 1", "record 1 is damaged"),
            (f"DELETE FROM breakwater.record WHERE seq = {last}", "SELECT 1",
             f"the chain ends with record {last - 1}, and the gateway brought {last}: records were removed or added at its end")):
        postgres.sql(change)
        row, = central(postgres, "verify", code=1)
        assert row["fault"]["message"] == fault
        postgres.sql(undo)


def test_what_is_deleted_here_is_deleted_there(start_gateway, postgres):
    retention = '[retention]\nnames = "30d"\nattempts = "60d"\n'
    made = options(postgres)
    gateway = start_gateway(**{**made, "policy": made["policy"] + retention})
    ask(gateway, 3)
    settle(postgres, gateway)
    gateway.stop()
    assert postgres.sql("SELECT count(*) FROM breakwater.record WHERE kind = 'attempt' AND sealed IS NOT NULL") == ["3"]
    assert postgres.sql("SELECT count(*) FROM breakwater.day_key WHERE wrapped IS NOT NULL") == ["1"]
    gateway.clock = "2027-01-05T10:00"  # names have gone, and the key of their day
    gateway.start()
    gone = lambda column: postgres.sql(
        f"SELECT count(*) FROM breakwater.record WHERE kind = 'attempt' AND {column} IS NULL") == ["3"]
    until(lambda: gone("sealed"), "the names to be deleted there")
    until(lambda: postgres.sql("SELECT day FROM breakwater.day_key WHERE wrapped IS NULL") == ["2026-11-23"],
          "the key of their day to be destroyed there")
    assert not gone("body")
    gateway.stop()
    postgres.stop()
    gateway.clock = "2027-02-05T10:00"  # the attempts too, and the server hears of it later
    gateway.start()
    ask(gateway, 2)
    postgres.start()
    until(lambda: gone("body"), "the attempts to be deleted there")
    settle(postgres, gateway)
    row, = central(postgres, "verify")
    assert row["names_deleted"] >= 3 and row["bodies_deleted"] == 3


def test_a_copy_is_a_state_directory_of_the_gateway(start_gateway, postgres, tmp_path):
    gateway = start_gateway(**options(postgres))
    ask(gateway, 3)
    settle(postgres, gateway)
    gateway.stop()
    out = tmp_path / "copy"
    where = ["--database", f"host={postgres.folder} port={postgres.port} dbname=breakwater user=gateway"]
    run = lambda *words: subprocess.run([BINARY, *words], capture_output=True, text=True, timeout=120)
    done = run("central", "copy", "--gateway", "site1", "--out", out, *where)
    assert done.returncode == 0, done.stderr
    assert json.loads(run("verify", "--state", out, "--json").stdout)["records"] == len(there(postgres, gateway))
    listed = [run("attempts", "--state", state, "--json").stdout for state in (out, gateway.state)]
    assert len(listed[0].splitlines()) == 3 and "SecretPath" in listed[1]
    assert "SecretPath" not in listed[0], "the holding key stayed on the gateway"
    shutil.copy(gateway.state / "keys/holding.key", out / "keys")
    assert run("attempts", "--state", out, "--json").stdout == listed[1]
    assert "is there already" in run("central", "copy", "--gateway", "site1", "--out", out, *where).stderr
    assert "no such gateway" in run("central", "copy", "--gateway", "site9", "--out", tmp_path / "x", *where).stderr


def test_a_key_that_got_lost_here_stays_there(start_gateway, postgres):
    gateway = start_gateway(**options(postgres))
    ask(gateway)
    settle(postgres, gateway)
    gateway.stop()
    shutil.rmtree(gateway.state / "keys/days")
    gateway.start()
    ask(gateway)
    until(lambda: postgres.sql("SELECT count(*) FROM breakwater.day_key WHERE wrapped IS NOT NULL") == ["2"],
          "the new key beside the lost one")


class keep_asking:
    """Attempts from three threads at once, some hundred a second, as long as it lasts."""

    def __init__(self, gateway, until_failure=False):
        self.gateway = gateway
        self.may_fail = until_failure
        self.ended = threading.Event()
        self.failed = None
        self.threads = [threading.Thread(target=self.run) for _ in range(3)]

    def run(self):
        while not self.ended.wait(0.01):
            try:
                ask(self.gateway)
            except Exception as failure:
                if not self.may_fail:
                    self.failed = failure
                return

    def __enter__(self):
        for thread in self.threads:
            thread.start()

    def __exit__(self, *_):
        self.ended.set()
        for thread in self.threads:
            thread.join()
        assert self.failed is None, self.failed
