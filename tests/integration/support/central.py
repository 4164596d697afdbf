"""What gateways have and what is there of it in the PostgreSQL that they share."""

import json
import sqlite3
import subprocess

from support.gateway import BINARY
from support.wait import until


def local(gateway):
    """Seq and hash of each record, straight from the file."""
    database = sqlite3.connect(f"file:{gateway.state}/attempts.db?mode=ro", uri=True, timeout=20)
    try:
        return [f"{seq}|{digest}" for seq, digest in
                database.execute("SELECT seq, lower(hex(hash)) FROM records ORDER BY seq")]
    finally:
        database.close()


def key_of(gateway):
    database = sqlite3.connect(f"file:{gateway.state}/attempts.db?mode=ro", uri=True, timeout=20)
    try:
        body, = database.execute("SELECT body FROM records WHERE kind = 'key' ORDER BY seq DESC LIMIT 1").fetchone()
        return json.loads(body)["chain_key"]
    finally:
        database.close()


def there(postgres, gateway):
    """The same of what the server has; nothing as long as there are no tables."""
    key = f"decode(rpad(translate('{key_of(gateway)}', '-_', '+/'), 44, '='), 'base64')"
    return postgres.sql("SELECT to_regclass('breakwater.record') IS NOT NULL AS made \\gset\n\\if :made\n"
                        f"SELECT seq, encode(hash, 'hex') FROM breakwater.record WHERE gateway = {key} ORDER BY seq;\n"
                        "\\endif\n")


def settle(postgres, *gateways):
    """All that the gateways have is there, each record once and in order, and every chain verifies."""
    for gateway in gateways:
        until(lambda: local(gateway) == there(postgres, gateway),
              lambda: f"{len(local(gateway))} records to be there; {there(postgres, gateway)}")
    assert all(row["ok"] for row in central(postgres, "verify"))


def central(postgres, *words, code=0, role="gateway"):
    """`breakwater central WORDS` as an auditor runs it: by the socket."""
    address = f"host={postgres.folder} port={postgres.port} dbname=breakwater user={role}"
    json_too = () if "migrate" in words else ("--json",)
    done = subprocess.run([BINARY, "central", *words, "--database", address, *json_too], capture_output=True, text=True,
                          timeout=120)
    assert done.returncode == code, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()] if code < 2 else done.stderr
