"""Locked lists: what stands in them is blocked and recorded, and can be read nowhere but in the record of an attempt."""
import os
import pathlib
import re
import time

import pytest

from support.command import run
from support.pace import SANITIZED
from support.peer import get
from support.tunnel import connect_request

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
[[lists.locked]]
name = "iwf"
category = "child-abuse"
[[lists.locked]]
name = "ctiru"
category = "extremism"
max_age = "48h"
[[group]]
name = "learners"
networks = ["127.0.0.0/8"]
default = "allow"
[essential]
hosts = ["essential.test"]
[concern]
extremism = "danger"
"""
HOSTS = "127.0.0.1 zqhost.test www.zqhost.test zqmixed.test zqtls.test zqother.test essential.test other.test\n"
# Nobody asks for what begins with "zqunasked": whatever holds it in clear has it from the list.
UNASKED = "zqunasked"
IWF = f"""# the list of one day
zqhost.test
zqmixed.test/zqhidden/page.html
https://zqtls.test/zqfolder/page
{UNASKED}.test
{UNASKED}-too.test/{UNASKED}/path
zq bad line
"""
CTIRU = "zqother.test\n"
NOW = time.strftime("%Y-%m-%dT%H:%M", time.gmtime())  # slots grow stale by the gateway's clock


def lock(gateway, name, text, code=0):
    result = run("lists", "lock", name, "--policy", gateway.policy_file, "--state", gateway.state, text=text)
    assert result.returncode == code, result.stderr
    return result.stdout + result.stderr


@pytest.fixture
def gateway(start_gateway):
    gateway = start_gateway(policy=POLICY, hosts=HOSTS, lists={"games/domains": "game.test\n"}, clock=NOW)
    for name in ("iwf", "ctiru"):
        assert f'the locked list "{name}" is absent: nothing of it is blocked' in gateway.stderr()
    assert [(row["list"], row["error"]) for row in gateway.rows("lists") if row["role"] == "locked"] == [
        (name, "absent: nothing of it is blocked") for name in ("iwf", "ctiru")]
    assert lock(gateway, "iwf", IWF) == ("iwf: 5 entries locked; 1 lines that are neither host nor URL, the first in "
                                         "line 7\n")
    assert lock(gateway, "ctiru", CTIRU) == "ctiru: 1 entries locked\n"
    gateway.wait_for_stderr("in force: 7 entries of 3 lists")  # by itself
    return gateway


def status(gateway, request):
    with gateway.connect() as client:
        return client.send(request).response().status


REQUESTS = {
    get("http://zqhost.test:1/"): 403, get("http://www.zqhost.test:1/any"): 403, get("http://other.test:1/"): 502,
    get("http://zqmixed.test:1/zqhidden/page.html"): 403, get("http://zqmixed.test:1/"): 502,
    get("http://zqmixed.test:1/another"): 502, get("http://zqtls.test:1/zqfolder/page"): 403,
    connect_request("zqhost.test:443"): 403, get("http://zqother.test:1/"): 403,
}


def test_what_is_blocked_and_where_it_is_told(gateway):
    for request, expected in REQUESTS.items():
        assert status(gateway, request) == expected, request
    lines = gateway.log_lines(len(REQUESTS))
    for line, expected in zip(lines, REQUESTS.values(), strict=True):
        assert (line["host"] == "(withheld)") == (expected == 403), line
        if expected == 403:
            assert line["reason"] == "floor" and not {"url", "sni", "search", "line"} & {*line}, line
    assert {line.get("list") for line in lines} == {"iwf", "ctiru", None}
    # The record is for the Designated Safeguarding Lead, who must know.
    attempts = gateway.attempts()
    assert sorted((attempt["category"], attempt["host"]) for attempt in attempts) == sorted([
        ("child-abuse", "zqhost.test"), ("child-abuse", "www.zqhost.test"), ("child-abuse", "zqmixed.test"),
        ("child-abuse", "zqtls.test"), ("child-abuse", "zqhost.test"), ("extremism", "zqother.test")])
    assert {line["id"] for line in lines if line["status"] == 403} == {attempt["id"] for attempt in attempts}


def test_an_allow_list_or_essential_host_gives_no_way_through(gateway):
    gateway.replace("lists/allow/domains", "zqhost.test\n")
    gateway.replace("lists/recategorise/news/domains", "zqother.test\n")
    gateway.reload()
    assert [status(gateway, get(f"http://{name}.test:1/")) for name in ("zqhost", "zqother")] == [403, 403]


# ---- nowhere to be read ---------------------------------------------------------------------------------------------


def files_with(folder, text):
    return [str(file) for file in pathlib.Path(folder).rglob("*") if file.is_file() and text in file.read_bytes()]


def memory_of(pid):
    """What can be read of the memory that a process may write to, and of its stacks."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps, open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in maps:
            begin, end, rights = re.match(r"([0-9a-f]+)-([0-9a-f]+) (\S+)", line).groups()
            if not rights.startswith("r") or "[v" in line:
                continue
            memory.seek(int(begin, 16))
            try:
                yield memory.read(int(end, 16) - int(begin, 16))
            except OSError:
                pass  # a page that cannot be read, such as a guard


def holds(pid, text):
    return any(text in part for part in memory_of(pid))


def test_no_file_no_command_and_no_memory_shows_an_entry(gateway):
    status(gateway, get("http://zqhost.test:1/"))
    with gateway.connect() as client:
        page = client.send(get("http://zqmixed.test:1/zqhidden/page.html")).response()
    assert page.status == 403 and "iwf" not in page.text and UNASKED not in page.text
    gateway.stop()
    gateway.start()  # the compiled lists are mapped, as on most days
    secret = UNASKED.encode()
    assert not files_with(gateway.folder, secret)
    said = [gateway.stderr(), lock(gateway, "iwf", IWF), lock(gateway, "iwf", f"<html>{UNASKED}.test", code=1),
            lock(gateway, "iwf", f"{UNASKED} {UNASKED}\n\x01{UNASKED}\n", code=1)]
    for words in (("lists",), ("lists", "--json"), ("lists", "update"), ("lists", "history", "--json")):
        said.append(gateway.command(*words))
    asked = "http://zqhost.test/x"
    for words in (("explain", asked), ("explain", "--json", asked), ("check", asked), ("check", "--json", asked)):
        said.append(gateway.command(*words))
        assert "zqmixed" not in said[-1] and ":2" not in said[-1]
    said.append(run("policy", "check", gateway.policy_file).stdout)
    assert not [text for text in said if UNASKED in text]
    assert not files_with(gateway.state, secret)
    # The test can see memory: what was asked for is there. A sanitizer's shadow is too much to be read.
    if not SANITIZED and os.access(f"/proc/{gateway.pid}/mem", os.R_OK):
        assert holds(gateway.pid, b"Test centre") and not holds(gateway.pid, secret)
    limits = pathlib.Path(f"/proc/{gateway.pid}/limits").read_text()
    assert re.search(r"Max core file size +1 +1 ", limits), limits


def test_the_rehearsal_tells_no_host_either(start_gateway):
    """Visits of the time before the list was there stand in the access log, and would be its examples."""
    gateway = start_gateway(policy=POLICY, hosts=HOSTS, lists={"games/domains": "game.test\n"}, clock=NOW)
    assert status(gateway, get("http://zqhost.test:1/")) == 502
    gateway.log_lines(1)
    lock(gateway, "iwf", IWF)
    gateway.wait_for_stderr("lists: newly blocks 1 host in 1 visit; newly allows 0 hosts (of 1 recent visit)")
    (gateway.state / "lists/locked/iwf.part").unlink()
    gateway.wait_for_stderr("lists: newly blocks 0 hosts; newly allows 1 host in 1 visit (of 1 recent visit)")
    history = gateway.command("lists", "history")
    assert "blocks (withheld): child-abuse (iwf)" in history and "allows (withheld): child-abuse (iwf)" in history
    assert "zqhost" not in history + gateway.stderr()


# ---- absent, stale, damaged -----------------------------------------------------------------------------------------


def test_a_stale_slot_is_told(gateway):
    part = gateway.state / "lists/locked/ctiru.part"
    old = time.time() - 50.5 * 3600
    os.utime(part, (old, old))
    gateway.wait_for_stderr('the locked list "ctiru" is stale: 50 hours old')
    assert status(gateway, get("http://zqother.test:1/")) == 403  # it still counts
    errors = {row["list"]: row["error"] for row in gateway.rows("lists")}
    assert errors == {"local/games/domains": None, "iwf": None, "ctiru": "stale: 50 hours old"}


def test_an_absent_slot_is_told(gateway):
    (gateway.state / "lists/locked/ctiru.part").unlink()
    gateway.wait_for_stderr('the locked list "ctiru" is absent: nothing of it is blocked', 2)
    errors = {row["list"]: row["error"] for row in gateway.rows("lists")}
    assert errors["ctiru"] == "absent: nothing of it is blocked" and errors["iwf"] is None


@pytest.mark.parametrize("damage", [
    lambda part: b"", lambda part: part[: len(part) // 2], lambda part: part[:-1] + bytes([part[-1] ^ 1]),
    lambda part: CTIRU.encode(), lambda part: bytes(len(part))], ids=["empty", "cut", "one-bit", "text", "zeros"])
def test_a_damaged_slot_is_refused(gateway, damage):
    part = gateway.state / "lists/locked/ctiru.part"
    part.write_bytes(damage(part.read_bytes()))
    gateway.wait_for_stderr("reload refused")
    assert 'ctiru.part: error: the locked list "ctiru"' in gateway.stderr()
    assert status(gateway, get("http://zqother.test:1/")) == 403
    gateway.stop()
    gateway.start()
    assert "those that were in force before are" in gateway.stderr()
    assert status(gateway, get("http://zqother.test:1/")) == 403
    lock(gateway, "ctiru", CTIRU)
    gateway.wait_for_stderr("reload done", 2)


def test_a_slot_of_another_gateway_is_refused(gateway, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    assert run("lists", "lock", "ctiru", "--policy", gateway.policy_file, "--state", other, text=CTIRU).returncode == 0
    os.replace(other / "lists/locked/ctiru.part", gateway.state / "lists/locked/ctiru.part")
    gateway.wait_for_stderr('the locked list "ctiru" was made with another key: import it again')
    assert status(gateway, get("http://zqother.test:1/")) == 403


@pytest.mark.parametrize("name, text, message", [
    ("nobody", CTIRU, 'the policy has no [[lists.locked]] "nobody"'),
    ("iwf", "", "the list is refused: there is not a single host or URL in it"),
    ("iwf", "<!DOCTYPE html><p>zqother.test", "the list is refused: an HTML or XML page, not a list"),
    ("iwf", "com\nco.uk\n", "the list is refused: there is not a single host or URL in it")])
def test_what_cannot_be_locked_changes_nothing(gateway, name, text, message):
    part = gateway.state / "lists/locked/iwf.part"
    before = part.read_bytes()
    assert message in lock(gateway, name, text, code=1)
    assert part.read_bytes() == before and status(gateway, get("http://zqhost.test:1/")) == 403
