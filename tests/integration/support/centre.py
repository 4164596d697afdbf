"""A centre with hours, groups and concerns: for the tests about time, reload and safeguarding."""

NAMES = ("allowed", "other", "essential", "social", "games", "gambling", "terror", "extremism", "selfharm")
HOSTS = "".join(f"127.0.0.1 {name}.test www.{name}.test\n" for name in NAMES)

# The line of the entry is never the first, so that a wrong count shows.
LISTS = {
    "social-media/domains": "# social media\n\nsocial.test\n",
    "games/domains": "# games\ngames.test\n",
    "gambling/domains": "# gambling\n\n\ngambling.test\n",
    "terrorism/domains": "# terrorism\nterror.test\n",
    "extremism/domains": "# extremism\nbefore.test\nextremism.test\n",
    "self-harm/domains": "# self-harm\nselfharm.test\n",
}

PERIODS = """
  [[timetable.period]]
  name = "session"
  days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
  times = ["09:00-10:30", "10:45-12:30", "13:15-16:30"]
  [[timetable.period]]
  name = "break"
  days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
  times = ["10:30-10:45", "12:30-13:15"]
"""

POLICY = """
[centre]
name = "Test centre"
timezone = "Europe/London"
[lists]
local = "lists"
[[group]]
name = "learners"
networks = ["127.0.0.0/16", "10.20.0.0/16"]
timetable = "learners"
default = "allow"
[[group]]
name = "staff"
networks = ["127.1.0.0/16"]
default = "allow"
[[timetable]]
name = "learners"
outside = "closed"
{periods}
[floor]
categories = [{floor}]
[essential]
hosts = ["essential.test"]
[concern]
terrorism = "danger"
extremism = "danger"
self-harm = "warning"
[bell]
grace = "{grace}"
{rules}
[[rule]]
name = "never"
block = ["self-harm"]
[[rule]]
name = "work in sessions"
groups = ["learners"]
periods = ["session"]
block = ["social-media", "games"]
[[rule]]
name = "breaks are yours"
groups = ["learners"]
periods = ["break", "closed"]
allow = ["social-media"]
block = ["games"]
"""


def policy(*, floor=("gambling", "extremism"), grace="1s", rules=""):
    """`rules` stand above all others."""
    return POLICY.format(periods=PERIODS, floor=", ".join(f'"{each}"' for each in floor), grace=grace, rules=rules)


def centre(**options):
    """Options for start_gateway."""
    return {"policy": policy(), "lists": LISTS, "hosts": HOSTS, **options}
