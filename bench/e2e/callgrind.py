"""Programs under callgrind: how many instructions were executed, in all and in a call of a function."""

import pathlib
import re
import subprocess

from process import Failed

# glibc's string functions are chosen by the machine's CPU: these every x86-64 of the last fifteen years has.
ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-AVX512F,-AVX512VL,-BMI2,-ERMS,-FSRM,-MOVBE,-AVX_Fast_Unaligned_Load"}


def under(profile, command):
    """The command that runs `command` and writes what it executed to `profile`, and what was dumped to `profile`.1, .2 ..."""
    return ["valgrind", "-q", "--tool=callgrind", f"--callgrind-out-file={profile}", "--compress-strings=no",
            "--compress-pos=no", *command]


def ask(process, command):
    """Has a running one "zero" its counts or "dump" them."""
    done = subprocess.run(["vgdb", f"--pid={process.child.pid}", "--wait=5", command], capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode:
        raise Failed(f"vgdb {command}: {done.stderr.strip()}")


def total(profile):
    return int(re.search(r"^totals: (\d+)", pathlib.Path(profile).read_text(), re.MULTILINE).group(1))


def each_call(profile, function):
    """Instructions of a call of `function`, of all that it calls too; `function` is the name with all namespaces."""
    called = re.compile(rf"cfn={re.escape(function)}(\[abi:\w+\])?\(")
    calls = instructions = 0
    with open(profile, encoding="utf-8") as lines:
        for line in lines:
            if not called.match(line):
                continue
            calls += int(next(lines).removeprefix("calls=").split()[0])
            instructions += int(next(lines).split()[1])
    if not calls:
        raise Failed(f"{function}() was not called: has it another name now?")
    return instructions / calls
