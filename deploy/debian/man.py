#!/usr/bin/env python3
"""Writes breakwater(1) from what the program says of itself.   usage: man.py BINARY OUT.gz"""

import gzip
import re
import subprocess
import sys

binary, out = sys.argv[1:]

HEAD = """.TH BREAKWATER 1 "" "breakwater {version}" "User Commands"
.SH NAME
breakwater \\- filtering web gateway of a training centre's Wi\\-Fi
.SH SYNOPSIS
.B breakwater
.I COMMAND
[\\fIOPTION\\fR]...
.SH DESCRIPTION
Breakwater decides, for every HTTP request and every HTTPS connection (by its server name, nothing is decrypted), whether
this person may go there at this moment, and keeps attempts in concern categories as evidence for the safeguarding lead.
.PP
.B breakwater serve
is the gateway itself; all other commands ask it, its lists or its records.
.SH COMMANDS
"""
TAIL = """.SH EXIT STATUS
0: all is well. 1: what was asked about is wrong. 2: usage, or the environment; of \\fBdoctor\\fR: something is broken.
.SH FILES
.TP
.I /etc/breakwater/policy.toml
who may go where, and when
.TP
.I /etc/breakwater/breakwater.toml
how the gateway runs
.TP
.I /var/lib/breakwater
records, lists, keys
.SH SEE ALSO
.I /usr/share/doc/breakwater/README.md
"""


def help_of(*words):
    return subprocess.run([binary, *words, "--help"], capture_output=True, text=True, check=True, timeout=60).stdout


def subcommands(text):
    _, found, listed = text.partition("Subcommands:")
    return re.findall(r"^  ([a-z][a-z-]*) ", listed, re.M) if found else []


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


def section(*words):
    text = help_of(*words)
    below = subcommands(text)
    if below:
        return "".join(section(*words, each) for each in below)
    what, _, options = text.partition("\nUsage:")
    usage, _, options = options.partition("\n")
    lines = [f'.SS "breakwater {escape(" ".join(words))}"', escape(what.strip())]
    entry = []
    for line in options.splitlines():
        match = re.match(r"^  (\S.*?)(?:  +(\S.*))?$", line)
        if match:
            entry = [".TP", ".B " + escape(match[1])] + ([escape(match[2])] if match[2] else [])
            if not match[1].startswith("-h,"):
                lines += entry
        elif line.strip() and entry and line.startswith("   ") and ".B \\-h" not in entry[1]:
            lines.append(escape(line.strip()))
    return "\n".join(lines) + "\n"


version = subprocess.run([binary, "--version"], capture_output=True, text=True, check=True, timeout=60).stdout.strip()
page = HEAD.format(version=version) + "".join(section(each) for each in subcommands(help_of())) + TAIL
with gzip.GzipFile(out, "wb", mtime=0) as file:
    file.write(page.encode())
