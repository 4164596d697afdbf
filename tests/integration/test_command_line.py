"""The commands around the gateway: exit codes, clear messages, and every mistake with its place."""

import json
import pathlib
import re
import shutil
import socket

import pytest

from support.centre import LISTS, policy
from support.command import check, run, write_centre
from support.pace import SANITIZED
from support.process import free_port
from support.smtp import certificate

SOURCE = pathlib.Path(__file__).parents[2]
COMMANDS = [[], ["serve"], ["check"], ["policy"], ["policy", "check"], ["attempts"], ["settings"], ["explain"], ["lists"],
            *(["lists", command] for command in ("update", "history", "rollback", "lock", "add", "remove", "find"))]


@pytest.fixture
def policy_file(tmp_path):
    return write_centre(tmp_path, policy(), LISTS)


def is_one_line(text):
    return text.endswith("\n") and text.count("\n") == 1


# ---- help and usage -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command) or "breakwater")
def test_every_command_has_help(command):
    result = run(*command, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert "--help" in result.stdout and "\x1b" not in result.stdout


def test_the_version():
    result = run("--version")
    assert result.returncode == 0 and re.fullmatch(r"\d+\.\d+\.\d+\S*\n", result.stdout)


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["serve"], ["serve", "--policy"], ["check", "--policy", "x"],
                                       ["policy"], ["policy", "check"],
                                       ["attempts", "--colour"], ["settings", "more"]])
def test_wrong_usage_is_told_and_exits_2(arguments):
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.strip()


def test_the_table_of_settings_is_the_operators_document():
    table = run("settings").stdout
    assert (SOURCE / "deploy" / "settings.md").read_text().endswith(table)
    assert table.startswith("| setting | default | bounds | what it does |\n|---|---|---|---|\n| `proxy.listen` |")


# ---- the sample ------------------------------------------------------------------------------------------------------


def test_what_the_sample_policy_offers_in_comments_is_right(tmp_path):
    sample = (SOURCE / "deploy" / "sample" / "policy.toml").read_text()
    offered = re.sub(r"(?m)^# (?=\[|[a-z_]+ +=)", "", sample)
    text = offered.replace("../../categories", str(SOURCE / "categories"))
    for rules in (SOURCE / "deploy" / "sample").glob("acceptable-use.*"):
        shutil.copy(rules, tmp_path)
    keys = tmp_path / "keys"
    keys.mkdir()
    certificate(keys, "dsl", usage="emailProtection", stem="dsl")
    (tmp_path / "passphrase").write_text("correct horse battery staple\n")
    for who in ("dsl", "deputy"):
        made = run("keys", "new", "--out", str(keys / who), "--name", who, "--passphrase-file", str(tmp_path / "passphrase"))
        assert made.returncode == 0, made.stderr
    result = run("policy", "check", write_centre(tmp_path, text, {"local/allow/domains": "example.org\n"}))
    assert result.returncode == 0, result.stderr
    assert ": 0 errors," in result.stdout + result.stderr
    for feed in ("ut1", "stevenblack-adult", "blocklistproject-gambling", "x4bnet-vpn", "dibdot-doh", "dibdot-doh-ipv4"):
        assert f'the feed "{feed}" has not been downloaded so far' in result.stdout + result.stderr
    assert offered.count("licence ") == 6


# ---- policy check ---------------------------------------------------------------------------------------------------

MISTAKES = [
    ("[centre]", None),
    ("name = 3", 'expected a string, found an integer'),
    ('timezone = "Europe/Lundon"', 'unknown time zone "Europe/Lundon"; did you mean "Europe/London"?'),
    ("[lists]", None),
    ('local = "lists"', None),
    ('colour = "red"', 'unknown key "colour"'),
    ("[[group]]", None),
    ('name = "learners"', None),
    ('networks = ["10.20.0.0/33", "127.0.0.0/8"]', '"10.20.0.0/33" is no network'),
    ('timetable = "lerners"', 'unknown timetable "lerners"; did you mean "learners"?'),
    ('defualt = "allow"', 'unknown key "defualt" in [[group]]; did you mean "default"?'),
    ("[[timetable]]", None),
    ('name = "learners"', None),
    ('outside = "closed"', None),
    ("[[timetable.period]]", None),
    ('name = "session"', None),
    ('days = ["Mon", "Mun"]', '"Mun" is no day'),
    ('times = ["09:00-10:30", "25:00-26:00"]', '"25:00-26:00" is no span of time'),
    ("[essential]", None),
    ('hosts = ["good.test", "bad host"]', '"bad host" is no host'),
    ("[concern]", None),
    ('extremism = "dangerous"', '"dangerous" is no concern'),
    ("[bell]", None),
    ('grace = "60"', 'has no unit'),
    ("[[rule]]", None),
    ('name = "x"', None),
    ('groups = ["learnrs"]', 'unknown group "learnrs"; did you mean "learners"?'),
    ('periods = ["sesion"]', 'unknown period "sesion"; did you mean "session"?'),
    ('block = ["games"]', None),
    ("[[rle]]", 'unknown key "rle"'),
    ('name = "y"', None),
]
NAMES = [("[floor]", None), ('categories = ["gambling", "gamblin"]', '"gamblin"; did you mean "gambling"?'),
         ("[[rule]]", None), ('name = "z"', None),
         ('block = ["social-medai"]', '"social-medai"; did you mean "social-media"?')]


def mistakes_are_told(tmp_path, lines):
    file = write_centre(tmp_path, "".join(f"{line}\n" for line, _ in lines), LISTS)
    result = run("policy", "check", "--json", file)
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 1
    assert {each["file"] for each in told} == {str(file)}
    expected = [(number, mistake) for number, (_, mistake) in enumerate(lines, 1) if mistake]
    for number, mistake in expected:
        at = [each for each in told if each["line"] == number and each["severity"] == "error" and each["column"] >= 1]
        assert len(at) == 1 and mistake in at[0]["message"], (number, at)
    assert len(told) == len(expected)
    text = run("policy", "check", file)
    assert text.returncode == 1
    for each in told:
        assert f"{file}:{each['line']}:{each['column']}: error: {each['message']}\n" in text.stdout
    assert text.stdout.endswith(f"{file}: {len(expected)} errors, 0 warnings\n")


def test_every_mistake_of_a_policy_is_told_at_once(tmp_path):
    mistakes_are_told(tmp_path, MISTAKES)


def test_every_unknown_category_is_told(tmp_path):
    mistakes_are_told(tmp_path, [(line, None) for line in policy(floor=()).splitlines() if "floor" not in line
                                 and "categories" not in line] + NAMES)


def test_unknown_categories_are_told_beside_other_mistakes(tmp_path):
    mistakes_are_told(tmp_path, MISTAKES + NAMES)


@pytest.mark.parametrize("text, place, message", [
    ("centre = [\n", ":1:", "Error while parsing array"),
    ("[centre]\nname = \"x\n", ":2:", "Error while parsing"),
    ("\x00\x01", ":1:", ""),
    ("", "", "centre"),
    ("<html></html>", ":1:", ""),
])
def test_what_is_no_policy_at_all(tmp_path, text, place, message):
    (tmp_path / "policy.toml").write_text(text)
    result = run("policy", "check", tmp_path / "policy.toml")
    assert result.returncode == 1
    assert f"policy.toml{place}" in result.stdout and message in result.stdout and ": error: " in result.stdout


def test_floor_and_essential_may_not_meet(tmp_path):
    text = policy().replace('hosts = ["essential.test"]', 'hosts = ["essential.test", "www.gambling.test"]')
    file = write_centre(tmp_path, text, LISTS)
    result = run("policy", "check", file)
    line = text[: text.index("www.gambling")].count("\n") + 1
    assert result.returncode == 1
    for part in (f"{file}:{line}:", "www.gambling.test", "local/gambling/domains:4"):
        assert part in result.stdout


@pytest.mark.parametrize("name, text, code, message", [
    ("domains", "", 0, None),
    ("domains", "\ufeffbom.test\r\nother.test\r\n", 0, None),
    ("domains", "good.test\n-bad-.test\nbad host\n", 0, "games/domains:3:"),
    ("domains", "<!DOCTYPE html>\n<html></html>\n", 1, "games/domains: error: an HTML or XML page, not a list"),
    ("domains", "x" * 10_000_000 + "\n", 0, "games/domains:1:"),
    ("domains", "".join(chr(number) for number in range(1, 256)) * 100, 1, "games/domains: error: binary"),
    ("expressions", "(unclosed\ngood[0-9]+\n", 0, "games/expressions:1:"),
], ids=["empty", "bom-crlf", "odd-lines", "html", "10-MB-line", "binary", "bad-expression"])
def test_lists_of_every_kind_are_told_with_their_line(tmp_path, name, text, code, message):
    file = write_centre(tmp_path, policy(), {**LISTS, f"games/{name}": text})
    result = run("policy", "check", file)
    assert result.returncode == code and len(result.stdout) < 100_000
    if message:
        assert message in result.stdout
    else:
        assert "0 errors, 0 warnings" in result.stdout
    assert result.stdout.isprintable() or all(line.isprintable() for line in result.stdout.splitlines())


def test_a_good_policy_says_what_it_holds(policy_file):
    result = run("policy", "check", policy_file)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == f"{policy_file}: 0 errors, 0 warnings; 2 groups, 3 rules, 7 entries in 6 lists\n"


def test_a_policy_of_a_million_entries_loads(tmp_path):
    count = 100_000 if SANITIZED else 1_000_000
    lists = {**LISTS, "games/domains": "".join(f"host{number}.games-{number % 977}.test\n" for number in range(count))}
    file = write_centre(tmp_path, policy(), lists)
    result = run("policy", "check", file, limit=200)
    assert result.returncode == 0 and f"{count + 6} entries" in result.stdout
    last = count - 1
    answer, other = check(file, f"www.host{last}.games-{last % 977}.test", "host.games-1.test", at="2026-11-23T10:00")
    assert (answer["action"], answer["list"], answer["line"]) == ("block", "local/games/domains", count)
    assert other["action"] == "allow"


def test_a_policy_with_a_hundred_thousand_hosts_of_its_own_loads(tmp_path):
    count = 10_000 if SANITIZED else 100_000
    hosts = ",".join(f'"host{number}.test"' for number in range(count))
    file = write_centre(tmp_path, policy().replace('"essential.test"', f'"essential.test",{hosts}'), LISTS)
    assert run("policy", "check", file).returncode == 0
    assert check(file, f"host{count - 1}.test")[0]["reason"] == "essential"


# ---- what is not there, what is taken, what is wrong ----------------------------------------------------------------


@pytest.mark.parametrize("arguments, message", [
    (["policy", "check", "{}/none.toml"], "no such file"),
    (["check", "--policy", "{}/none.toml", "x.test"], "cannot be read: No such file or directory"),
    (["check", "--policy", "{}/policy.toml", "--config", "{}/none.toml", "x.test"],
     "cannot be read: No such file or directory"),
    (["serve", "--policy", "{}/none.toml", "--state", "{}/state"], "no such policy file"),
    (["serve", "--policy", "{}", "--state", "{}/state"], "no such policy file"),
    (["serve", "--policy", "{}/policy.toml", "--config", "{}/none.toml", "--state", "{}/state"],
     "cannot be read: No such file or directory"),
    (["serve", "--policy", "{}/policy.toml", "--state", "{}/policy.toml/state"], "Not a directory"),
    (["serve", "--policy", "{}/policy.toml", "--state", "{}/state", "--clock", "noon"],
     '--clock "noon" is no civil time'),
    (["serve", "--policy", "{}/policy.toml", "--state", "{}/state", "--log", "{}/policy.toml/log"], "Not a directory"),
    (["serve", "--policy", "{}/policy.toml", "--state", "{}/state", "--listen", "nowhere"],
     '"nowhere" is not ADDR:PORT'),
    (["serve", "--policy", "{}/policy.toml", "--state", "{}/state", "--listen", "127.0.0.1:99999"],
     '"127.0.0.1:99999" is not ADDR:PORT'),
    (["serve", "--policy", "{}/policy.toml", "--state", "{}/state", "--listen", "192.0.2.1:3128"],
     "cannot listen on 192.0.2.1:3128"),
    (["attempts", "--state", "{}/none"], "unable to open database file"),
    (["attempts", "--state", "{}", "--since", "soon"], '--since "soon" is no time'),
])
def test_what_is_not_there_is_told_in_a_clear_line(policy_file, arguments, message):
    result = run(*(word.format(policy_file.parent) for word in arguments))
    assert (result.returncode, result.stdout) == (2, "")
    told = [line for line in result.stderr.splitlines() if message in line]
    assert len(told) == 1


def test_a_port_that_is_taken_is_told(policy_file):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--policy", policy_file, "--state", policy_file.parent / "state", "--listen",
                     f"127.0.0.1:{port}")
    assert (result.returncode, result.stdout) == (2, "")
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in result.stderr


def test_a_port_of_another_gateway_is_not_shared_in_silence(gateway, policy_file):
    result = run("serve", "--policy", policy_file, "--state", policy_file.parent / "state", "--listen",
                 f"127.0.0.1:{gateway.port}")
    assert (result.returncode, result.stdout) == (2, "")
    assert "Address already in use" in result.stderr


def test_several_listeners_each_have_their_line(start_gateway):
    other = free_port()
    gateway = start_gateway(arguments=("--listen", f"127.0.0.1:{other}", "--listen", "[::1]:0"))
    lines = (gateway.folder / "stdout").read_text().splitlines()
    assert lines[:2] == [f"listening on 127.0.0.1:{gateway.port}", f"listening on 127.0.0.1:{other}"]
    assert re.fullmatch(r"listening on \[::1\]:\d+", lines[2])
    for address, port in (("127.0.0.1", gateway.port), ("127.0.0.1", other), ("::1", int(lines[2].rpartition(":")[2]))):
        with socket.create_connection((address, port), 20) as client:
            client.sendall(b"GET http://blocked.test/ HTTP/1.1\r\nHost: blocked.test\r\n\r\n")
            assert client.recv(12) == b"HTTP/1.1 403"


SETTINGS = [
    ("[proxy]", None),
    ("connections = 0", "proxy.connections: 0 is out of bounds (1 to 1000000)"),
    ("treads = 3", 'unknown setting "proxy.treads"; did you mean "proxy.threads"?'),
    ('head_bytes = "2GiB"', "out of bounds"),
    ("[proxy.deadline]", None),
    ('hed = "3s"', 'unknown setting "proxy.deadline.hed"; did you mean "proxy.deadline.head"?'),
    ("idle = 3", "proxy.deadline.idle: expected a duration in quotes"),
    ('stall = "60"', 'proxy.deadline.stall: "60" has no unit'),
    ("[proxy.connect]", None),
    ('no_sni = "maybe"', 'proxy.connect.no_sni: expected "block" or "allow"'),
    ("ports = [0]", "proxy.connect.ports: expected port numbers from 1 to 65535"),
    ("[dns]", None),
    ('allow_private = ["10.0.0.1/99"]', 'dns.allow_private: "10.0.0.1/99" is no network'),
    ('servers = ["nowhere:x"]', "is not ADDR or ADDR:PORT"),
    ("[lgo]", 'unknown setting "lgo"'),
]


def test_every_wrong_setting_is_told_with_its_line(policy_file):
    config = policy_file.parent / "breakwater.toml"
    config.write_text("".join(f"{line}\n" for line, _ in SETTINGS))
    for command, code in ((["serve", "--state", policy_file.parent / "state", "--policy", policy_file, "--config",
                            config], 1),
                          (["check", "--policy", policy_file, "--config", config, "x.test"], 2)):
        result = run(*command)
        assert (result.returncode, result.stdout) == (code, "")
        for number, (_, mistake) in enumerate(SETTINGS, 1):
            if mistake:
                assert re.search(rf"breakwater\.toml:{number}:\d+: error: .*{re.escape(mistake)}",
                                 result.stderr), mistake


def test_a_wrong_policy_keeps_the_gateway_from_starting(tmp_path):
    file = write_centre(tmp_path, policy().replace("networks", "netwroks"), LISTS)
    result = run("serve", "--policy", file, "--state", tmp_path / "state", "--listen", "127.0.0.1:0")
    assert (result.returncode, result.stdout) == (1, "")
    assert 'unknown key "netwroks" in [[group]]; did you mean "networks"?' in result.stderr
