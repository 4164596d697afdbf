"""Who is asking: register, leases and RADIUS accounting say it; the policy, the log, the records and `who` use it."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import time

import pytest

from support.gateway import BINARY, Gateway
from support.hello import client_hello
from support.peer import get
from support.tunnel import connect_request, is_mirrored, mirror, mirrored_tunnel, ports
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
[[group]]
name = "staff"
users = ["*@staff.test"]
[[group]]
name = "consoles"
devices = ["console"]
[[group]]
name = "library"
[[rule]]
name = "work"
groups = ["learners"]
block = ["social-media"]
[[rule]]
name = "play"
groups = ["consoles"]
block = ["chat"]
"""
HOSTS = "127.0.0.1 allowed.test social.test chat.test terror.test\n"
LISTS = {"social-media/domains": "social.test\n", "chat/domains": "chat.test\n", "terrorism/domains": "terror.test\n"}
REGISTER = "MAC,name,owner,group,person\n" \
           "00:00:5e:00:53:01,Laptop 7,pool laptop,,\n" \
           "00:00:5e:00:53:02,Console 1,console,,\n" \
           "00:00:5e:00:53:03,Kiosk,pool laptop,library,\n" \
           "da:a1:19:00:00:04,Ann's phone,byod,,ann@home.test\n"
LAPTOP, CONSOLE, KIOSK, PHONE = (f"127.0.0.{each}" for each in (11, 12, 13, 14))
LEASES = f"0 00:00:5e:00:53:01 {LAPTOP} laptop *\n" \
         f"{int(time.time()) + 3600} 00:00:5e:00:53:02 {CONSOLE} * *\n" \
         f"0 00:00:5e:00:53:03 {KIOSK} * *\n" \
         f"0 da:a1:19:00:00:04 {PHONE} * *\n"
SECRET = "testing123"


def options(*origins, **settings):
    """For start_gateway."""
    return {"policy": POLICY, "hosts": HOSTS, "lists": LISTS, "clock": None,
            "files": {"devices.csv": REGISTER, "leases": LEASES, "radius.secret": SECRET + "\n"},
            "settings": {"identity.register": "devices.csv", "identity.dnsmasq_leases": "leases",
                         "identity.radius.listen": "127.0.0.1:0",
                         "identity.radius.clients": ["127.0.0.1 radius.secret"], **ports(*origins), **settings}}


def who(gateway, *words, code=0):
    command = [str(word) for word in (BINARY, "who", *words, "--state", gateway.state, "--json")]
    result = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert result.returncode == code, result.stdout + result.stderr
    return [json.loads(line) for line in result.stdout.splitlines()]


def wait_for(gateway, address, **wanted):
    def found():
        rows = [row for row in who(gateway) if row["address"] == address]
        return rows and all(rows[0][key] == value for key, value in wanted.items()) and rows[0]
    return until(found, lambda: f"{wanted} at {address}: {who(gateway)}")


def radius_port(gateway):
    """That of the last start."""
    return int(gateway.stderr().rpartition("RADIUS accounting: listening on 127.0.0.1:")[2].split()[0])


def verdict(gateway, name, source):
    """Group of a request, and whether it is blocked."""
    before = sum(1 for line in gateway.log_now() if (line["client"], line.get("host")) == (source, name))
    with gateway.connect(source=source) as client:
        status = client.send(get(f"http://{name}/")).response().status
    lines = gateway.log_lines(before + 1, client=source, host=name)
    return lines[-1]["group"], status == 403


@pytest.fixture
def radius():
    """radius(gateway, "Start", "ann", mac=...) sends accounting by FreeRADIUS's radclient; it must be answered."""
    if not shutil.which("radclient"):
        pytest.skip("radclient (freeradius-utils) is not installed")

    def send(gateway, status, user="", secret=SECRET, answered=True, **attributes):
        port = radius_port(gateway)
        pairs = {"Acct-Status-Type": status, "NAS_Identifier": "ap1", **attributes}
        if user:
            pairs["User-Name"] = user
        text = "".join(f'{name.replace("_", "-")} = "{value}"\n' for name, value in pairs.items())
        result = subprocess.run(["radclient", "-r", "1", "-t", "5" if answered else "0.5", f"127.0.0.1:{port}", "acct", secret],
                                input=text, capture_output=True, text=True, timeout=60)
        assert (result.returncode == 0) == answered, result.stdout + result.stderr
    return send


def test_a_register_and_leases_make_devices(start_gateway):
    gateway = start_gateway(**options())
    rows = {row["address"]: row for row in who(gateway)}
    assert {address: (row["device"], row["owner"], row["group"], row["confidence"]) for address, row in rows.items()} == {
        LAPTOP: ("Laptop 7", "pool laptop", "learners", "device"),
        CONSOLE: ("Console 1", "console", "consoles", "device"),
        KIOSK: ("Kiosk", "pool laptop", "library", "device"),
        PHONE: ("Ann's phone", "byod", "learners", "device")}
    assert rows[PHONE]["user"] == "ann@home.test" and rows[PHONE]["randomised"] is True
    assert rows[CONSOLE]["why"] == "lease leases:2; devices.csv:3"
    assert (gateway.state / "identity/now.json").stat().st_mode & 0o777 == 0o600
    for source, group, social, chat in ((LAPTOP, "learners", True, False), (CONSOLE, "consoles", False, True),
                                        (KIOSK, "library", False, False), ("127.0.0.9", "learners", True, False)):
        assert verdict(gateway, "social.test", source) == (group, social)
        assert verdict(gateway, "chat.test", source) == (group, chat)
        for name in ("social.test", "chat.test"):  # `check` says the same
            row = gateway.rows("check", "--address", source, f"http://{name}/")[0]
            assert (row["group"], row["action"] == "block") == (group, social if name == "social.test" else chat)
    assert verdict(gateway, "terror.test", PHONE) == ("learners", True)
    attempt = [each for each in gateway.attempts() if each["client"] == PHONE][0]
    assert (attempt["user"], attempt["device"]) == ("ann@home.test", "Ann's phone")
    assert gateway.log_lines(1, client=PHONE)[0]["user"] == "ann@home.test"
    assert who(gateway, "127.0.0.9", code=1) == []
    assert "ann" not in gateway.stderr().lower()


def test_a_register_that_changes(start_gateway):
    gateway = start_gateway(**options())
    gateway.replace("devices.csv", "MAC,name,owner\n00:00:5e:00:53:02,Console 1,consol\n")
    gateway.wait_for_stderr('devices.csv:2:29: error: unknown owner "consol"; did you mean "console"?')
    assert verdict(gateway, "social.test", CONSOLE) == ("consoles", False)  # the last good one stays
    gateway.replace("devices.csv", REGISTER.replace("00:00:5e:00:53:02,Console 1,console,,\n", "").replace("library", "x"))
    gateway.wait_for_stderr('devices.csv:3: warning: "x" is no [[group]] of the policy')
    wait_for(gateway, CONSOLE, device=None, confidence="network", group="learners")
    assert verdict(gateway, "social.test", CONSOLE) == ("learners", True)


def test_a_device_that_is_struck_out_loses_its_tunnels(start_gateway, raw_origin):
    origin = raw_origin(mirror)
    gateway = start_gateway(**{**options(origin), "policy": POLICY + '[bell]\ngrace = "0s"\n'})
    console = mirrored_tunnel(gateway, origin, "social.test", source=CONSOLE)
    other = mirrored_tunnel(gateway, origin, "allowed.test", source=CONSOLE)
    gateway.replace("devices.csv", "MAC,name,owner\n")
    assert console.take_rest() == b""
    line = gateway.log_lines(1, end="identity")[0]
    assert (line["host"], line["group"], line["rule"]) == ("social.test", "learners", "work")
    assert is_mirrored(other)


def test_accounting_tells_who_signed_in(start_gateway, radius):
    gateway = start_gateway(**options())
    radius(gateway, "Start", "Bob@Staff.test", Acct_Session_Id="1", Calling_Station_Id="00-00-5E-00-53-01")
    row = wait_for(gateway, LAPTOP, user="bob@staff.test", confidence="account", group="staff", source="radius")
    assert "RADIUS session 1 of 127.0.0.1 ap1" in row["why"] and row["device"] == "Laptop 7"
    assert verdict(gateway, "social.test", LAPTOP) == ("staff", False)
    assert gateway.log_lines(1, client=LAPTOP)[0]["user"] == "bob@staff.test"
    row = gateway.rows("check", "--address", LAPTOP, "social.test")[0]
    assert (row["group"], row["action"]) == ("staff", "allow")
    row = gateway.rows("check", "--address", "127.0.0.9", "--user", "zoe@staff.test", "social.test")[0]
    assert (row["group"], row["action"]) == ("staff", "allow")

    # Roaming: the Start of the new access point comes before the Stop of the old one.
    radius(gateway, "Start", "bob@staff.test", Acct_Session_Id="2", Calling_Station_Id="0000.5e00.5301",
           NAS_Identifier="ap2")
    radius(gateway, "Stop", Acct_Session_Id="1")
    row = wait_for(gateway, LAPTOP, user="bob@staff.test")
    until(lambda: "session 2 of" in wait_for(gateway, LAPTOP)["why"], "the second session")
    # An address that only the session names, of both families.
    radius(gateway, "Interim-Update", "zoe@staff.test", Acct_Session_Id="3", Calling_Station_Id="02:00:5e:00:53:09",
           Framed_IP_Address="127.0.0.30", Framed_IPv6_Address="fd00:20::5")
    wait_for(gateway, "127.0.0.30", user="zoe@staff.test", randomised=True)
    wait_for(gateway, "fd00:20::5", user="zoe@staff.test", group="staff")

    # A wrong secret is not answered, and changes nothing.
    radius(gateway, "Stop", secret="wrong", answered=False, Acct_Session_Id="2", NAS_Identifier="ap2")
    gateway.wait_for_stderr("a packet of 127.0.0.1 is refused: not made with the secret of this client")

    # Sessions outlive the gateway; the end of a NAS ends them.
    gateway.stop()
    assert (gateway.state / "identity/sessions").stat().st_mode & 0o777 == 0o600
    gateway.start()
    assert wait_for(gateway, LAPTOP, user="bob@staff.test")
    radius(gateway, "Accounting-On", NAS_Identifier="ap2")
    wait_for(gateway, LAPTOP, user=None, confidence="device")
    assert wait_for(gateway, "127.0.0.30", user="zoe@staff.test")
    radius(gateway, "Stop", Acct_Session_Id="3")
    until(lambda: [row for row in who(gateway) if row["address"] == "127.0.0.30"] == [], "the session to end")
    assert "bob" not in gateway.stderr() and "zoe" not in gateway.stderr()


def test_a_new_sign_in_ends_the_tunnels_of_the_person_before(start_gateway, raw_origin, radius):
    origin = raw_origin(mirror)
    gateway = start_gateway(**options(origin))
    sign_in = {"Calling_Station_Id": "00-00-5E-00-53-01"}
    radius(gateway, "Start", "bob@staff.test", Acct_Session_Id="1", **sign_in)
    wait_for(gateway, LAPTOP, user="bob@staff.test")
    old = mirrored_tunnel(gateway, origin, "allowed.test", source=LAPTOP)
    idle = gateway.connect(source=LAPTOP)
    assert idle.send(connect_request(f"social.test:{origin.port}")).head().status == 200
    assert is_mirrored(idle, client_hello("social.test"))
    elsewhere = mirrored_tunnel(gateway, origin, "allowed.test", source=PHONE)
    radius(gateway, "Start", "zoe@staff.test", Acct_Session_Id="2", **sign_in)
    assert old.take_rest() == b"" and idle.take_rest() == b""
    lines = gateway.log_lines(2, end="identity")
    assert {line["user"] for line in lines} == {"bob@staff.test"}
    assert is_mirrored(elsewhere)
    with gateway.connect(source=LAPTOP) as client:
        client.send(get("http://social.test/")).response()
    assert gateway.log_lines(1, user="zoe@staff.test")


def test_duplicates_are_answered_and_not_counted(start_gateway):
    gateway = start_gateway(**options())
    attributes = b"\x28\x06\0\0\0\x01" + b"\x2c\x03a" + b"\x01\x05bob" + b"\x08\x06\x7f\0\0\x1f"
    head = b"\x04\x07" + (20 + len(attributes)).to_bytes(2, "big")
    authenticator = hashlib.md5(head + bytes(16) + attributes + SECRET.encode()).digest()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as nas:
        nas.settimeout(10)
        nas.connect(("127.0.0.1", radius_port(gateway)))
        answers = set()
        for _ in range(3):
            nas.send(head + authenticator + attributes)
            answers.add(nas.recv(4096))
        expected = b"\x05\x07\0\x14"
        assert answers == {expected + hashlib.md5(expected + authenticator + SECRET.encode()).digest()}
    wait_for(gateway, "127.0.0.31", user="bob")
    gateway.stop()
    gateway.wait_for_stderr("RADIUS accounting: requests=1 duplicates=2 refused=0")


@pytest.mark.parametrize("settings, message", [
    ({"identity.radius.clients": []}, "identity.radius.listen: there are no identity.radius.clients"),
    ({"identity.radius.clients": ["127.0.0.1 none"]}, "none: cannot be read: No such file or directory"),
    ({"identity.radius.clients": ["ap1 radius.secret"]}, "\"ap1 radius.secret\" is not ADDR FILE"),
    ({"identity.radius.listen": "192.0.2.1:1813"}, "identity.radius.listen: cannot listen on 192.0.2.1:1813"),
    ({"identity.neighbours": "yes"}, "identity.neighbours: expected true or false"),
])
def test_what_cannot_be_used_ends_the_start(tmp_path, settings, message):
    with pytest.raises(AssertionError) as failure:
        Gateway(tmp_path, **options(**settings)).start()
    assert message in str(failure.value)


@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("ip"), reason="network namespaces need root and iproute2")
def test_the_neighbour_table_finds_a_device_at_all_its_addresses(start_gateway):
    name = f"bw{os.getpid()}"

    def ip(*words, inside=False, check=True):
        netns = ("-n", name) if inside else ()
        result = subprocess.run(["ip", *netns, *words], capture_output=True, text=True)
        if check and result.returncode:
            pytest.skip(f"no network namespaces here: {result.stderr}")

    ip("netns", "add", name)
    try:
        ip("link", "add", "gw0", "netns", name, "type", "veth", "peer", "name", "client0", "netns", name)
        ip("link", "set", "lo", "up", inside=True)
        ip("link", "set", "gw0", "up", inside=True)
        ip("link", "set", "client0", "up", inside=True)
        ip("neigh", "add", "10.77.0.5", "lladdr", "00:00:5e:00:53:02", "dev", "gw0", "nud", "reachable", inside=True)
        chosen = options(**{"identity.neighbours": True, "identity.radius.listen": None,
                            "identity.radius.clients": None, "identity.dnsmasq_leases": None})
        gateway = start_gateway(wrapper=("ip", "netns", "exec", name), **chosen)
        wait_for(gateway, "10.77.0.5", device="Console 1", group="consoles")
        # A privacy address of the same device, told by the kernel as it comes and goes.
        ip("neigh", "add", "fd00:77::abcd", "lladdr", "00:00:5e:00:53:02", "dev", "gw0", "nud", "stale", inside=True)
        wait_for(gateway, "fd00:77::abcd", device="Console 1", group="consoles", why="neighbour table; devices.csv:3")
        ip("neigh", "del", "fd00:77::abcd", "dev", "gw0", inside=True)
        until(lambda: [row["address"] for row in who(gateway)] == ["10.77.0.5"], "the address to go")
    finally:
        subprocess.run(["ip", "netns", "del", name], capture_output=True)
