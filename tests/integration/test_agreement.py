"""`check`, `precheck` and the live gateway agree: random policies, times, groups and lesson passes."""

import json
import random

import pytest

from support.centre import HOSTS, LISTS
from support.command import check, run
from support.passes import pass_command
from support.peer import get
from support.process import closed_port
from support.tunnel import connect_request

GROUPS = {"learners": "127.0.0.1", "staff": "127.1.0.1", "guests": "127.2.0.1"}
NAMES = ("allowed.test", "www.social.test", "GAMES.test.", "gambling.test", "terror.test", "selfharm.test", "essential.test",
         "extremism.test", "192.0.2.1", "10.1.2.3")
PERIODS = ("session", "break", "lunch")
CATEGORIES = ("social-media", "games", "self-harm", "extremism")
MEMBERS = ("action", "reason", "categories", "list", "line", "rule", "period", "group", "until")


def words(picked):
    return json.dumps(list(picked))


def some(dice, of):
    return dice.sample(of, dice.randint(1, len(of)))


def random_policy(dice):
    """A day cut into periods by chance; rules for some groups, in some periods, of some categories."""
    text = ['[centre]\nname = "Test centre"\ntimezone = "Europe/London"\n[lists]\nlocal = "lists"\n'
            '[floor]\ncategories = ["gambling"]\n[essential]\nhosts = ["essential.test"]\n']
    for name, address in GROUPS.items():
        hours = 'timetable = "day"\n' if name == "learners" or dice.random() < 0.5 else ""
        text.append(f'[[group]]\nname = "{name}"\nnetworks = ["{address[:-1]}0/16"]\ndefault = "{dice.choice(["allow", "block"])}"\n'
                    + hours)
    text.append('[[timetable]]\nname = "day"\noutside = "closed"\n')
    edges = sorted(dice.sample(range(1, 24 * 4), 8))
    for number, (begin, end) in enumerate(zip(edges, edges[1:])):
        times = "-".join(f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in (begin, end))
        text.append(f'[[timetable.period]]\nname = "{PERIODS[number % len(PERIODS)]}"\ntimes = ["{times}"]\n'
                    'days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]\n')
    for number in range(dice.randint(1, 6)):
        groups = ["learners", *dice.sample(["staff", "guests"], dice.randint(0, 2))]
        allow = some(dice, CATEGORIES)
        block = [each for each in CATEGORIES if each not in allow] or ["chat"]
        text.append(f'[[rule]]\nname = "rule {number}"\ngroups = {words(groups)}\n'
                    f'periods = {words(some(dice, PERIODS))}\nallow = {words(allow)}\nblock = {words(block)}\n')
    return "".join(text)


@pytest.mark.parametrize("seed", range(12))
def test_they_agree(start_gateway, tmp_path, seed):
    dice = random.Random(seed)
    at = f"2026-{dice.choice(['03-28', '03-29', '10-25', '11-23'])}T{dice.randrange(24):02}:{dice.randrange(96) % 4 * 15:02}"
    with closed_port() as port:  # what is allowed is answered 502
        gateway = start_gateway(policy=random_policy(dice), lists=LISTS, hosts=HOSTS, clock=at,
                                settings={"proxy.connect.ports": [443, port]})
        for _ in range(dice.randint(0, 3)):
            what = dice.choice([("--category", dice.choice(CATEGORIES)), ("--host", dice.choice(NAMES[:3]).strip("."))])
            pass_command(gateway, "grant", "--group", dice.choice(list(GROUPS)), *what, "--until",
                         dice.choice([f"{at[:11]}23:59", "bell"]) if at < f"{at[:11]}23:59" else "bell", "--by", "a tutor",
                         "--reason", "a lesson", code=None)
        asked = []
        for group, address in GROUPS.items():
            for name in NAMES:
                for method, target, request in (
                        ("GET", f"http://{name}:{port}/path", get(f"http://{name}:{port}/path")),
                        ("CONNECT", f"https://{name}:{port}", connect_request(f"{name}:{port}"))):
                    with gateway.connect(source=address) as client:
                        status = client.send(request).response().status
                    asked.append((group, target, (address, method, name.lower().rstrip(".")), status))
        logged = gateway.log_lines(len(asked))
        lines = {(line["client"], line["method"], line["host"]): line for line in logged}  # of two at once in any order
        now = f"{at}:{logged[-1]['time'][17:19]}"  # a pass holds from when it was granted, after the start
        options = {"config": gateway.folder / "breakwater.toml", "state": gateway.state, "at": now}
        for group, address in GROUPS.items():
            mine = [(target, lines[key], status) for of, target, key, status in asked if of == group]
            targets = [target for target, _, _ in mine]
            checked = check(gateway.policy_file, *targets, address=address, **options)
            lesson = tmp_path / "lesson"
            lesson.write_text("\n".join(targets))
            told = run("precheck", "--policy", gateway.policy_file, "--group", group, "--json", lesson,
                       *(word for name, value in options.items() for word in (f"--{name}", value)))
            rehearsed = [json.loads(line) for line in told.stdout.splitlines()]
            for answer, lesson_answer, (_, line, status) in zip(checked, rehearsed, mine, strict=True):
                what = f"{group} {answer['target']} at {at}"
                for key in MEMBERS:
                    if key in line or key != "until":
                        assert answer[key] == line.get(key), f"{what}: {key} of check and live"
                    if key in lesson_answer:
                        assert answer[key] == lesson_answer[key], f"{what}: {key} of check and precheck"
                assert answer["action"] == lesson_answer["action"], what
                assert status == (403 if answer["action"] == "block" else 502), what
