"""The Debian package: built out of the build folder at hand, installed, removed and purged over a copy of this system."""

import gzip
import os
import pathlib
import re
import shutil
import subprocess
import tarfile

import pytest

from support.gateway import BINARY, is_sanitized

TOP = pathlib.Path(__file__).parents[2]
BUILD = BINARY.parent

# An overlay over the whole system, seen by nobody else: what is installed there is gone with the namespace.
INSIDE = """
set -e
mount -t tmpfs none "$1"
mkdir "$1"/upper "$1"/work "$1"/merged
mount -t overlay overlay -o lowerdir=/,upperdir="$1"/upper,workdir="$1"/work "$1"/merged || exit 77
mount -t proc proc "$1"/merged/proc
mount --rbind /dev "$1"/merged/dev
cp "$2" "$1"/merged/breakwater.deb
chroot "$1"/merged /bin/bash -ec "$3"
"""


@pytest.fixture(scope="module")
def package():
    if not (BUILD / "CMakeCache.txt").exists() or not shutil.which("cpack") or is_sanitized():
        pytest.skip("there is no release build with cpack beside the gateway")
    built = subprocess.run([TOP / "deploy/package", BUILD], capture_output=True, text=True, timeout=280)
    assert built.returncode == 0, built.stdout + built.stderr
    return TOP / built.stdout.splitlines()[-1]


@pytest.fixture
def inside(package, tmp_path):
    """Runs commands where the package can be installed."""
    def run(script):
        command = ["unshare", "--mount", "--pid", "--fork", "bash", "-c", INSIDE, "-", tmp_path, package, script]
        result = subprocess.run(command, capture_output=True, text=True, timeout=200)
        if result.returncode == 77:
            pytest.skip("no overlay can be mounted here")
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    if os.geteuid() != 0:
        pytest.skip("only root may install packages")
    return run


def members(package, tmp_path, *, control=False):
    tar = tmp_path / "tar"
    with open(tar, "wb") as out:
        if control:
            subprocess.run(["dpkg-deb", "--ctrl-tarfile", package], stdout=out, check=True)
        else:
            subprocess.run(["dpkg-deb", "--fsys-tarfile", package], stdout=out, check=True)
    return tarfile.open(tar)


def test_what_is_in_it(package, tmp_path):
    with members(package, tmp_path) as archive:
        files = {member.name.removeprefix("."): member for member in archive}
        policy = archive.extractfile(files["/etc/breakwater/policy.toml"]).read().decode()
        page = gzip.decompress(archive.extractfile(files["/usr/share/man/man1/breakwater.1.gz"]).read()).decode()
    assert {"/usr/bin/breakwater", "/lib/systemd/system/breakwater.service", "/lib/systemd/system/breakwater.socket",
            "/usr/lib/sysusers.d/breakwater.conf", "/usr/share/bash-completion/completions/breakwater",
            "/usr/share/breakwater/lists/gambling/domains", "/usr/share/doc/breakwater/copyright"} <= set(files)
    assert all((member.uid, member.gid) == (0, 0) for member in files.values())
    assert 'path = "/usr/share/breakwater/lists"' in policy and "../../" not in policy
    with members(package, tmp_path, control=True) as archive:
        control = {member.name.removeprefix("./"): archive.extractfile(member).read().decode() for member in archive if member.isfile()}
    kept = set(control["conffiles"].split())
    assert kept == {name for name in files if name.startswith("/etc/") and files[name].isfile()}
    depends = re.search(r"^Depends: (.*)$", control["control"], re.M)[1]
    assert "libc6" in depends and "libsqlite3-0" in depends and "systemd" in depends
    for command in ("serve", "lists update", "doctor", "restore"):
        assert f'.SS "breakwater {command}"' in page
    assert "\\-\\-policy" in page
    with open(tmp_path / "breakwater.1", "w") as out:
        out.write(page)
    if shutil.which("man"):
        shown = subprocess.run(["man", "--warnings", "-l", tmp_path / "breakwater.1"], capture_output=True, text=True, timeout=60,
                               env={**os.environ, "MANROFFSEQ": "", "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
        assert shown.returncode == 0 and shown.stderr == "" and "breakwater doctor" in shown.stdout, shown.stderr


@pytest.mark.skipif(not shutil.which("lintian"), reason="there is no lintian: deploy/install-packages package")
def test_lintian_finds_no_error(package):
    result = subprocess.run(["lintian", "--fail-on", "error", "--allow-root", package], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def test_it_is_installed_removed_and_purged(inside):
    said = inside("""
        dpkg -i /breakwater.deb >/dev/null
        getent passwd breakwater
        stat -c '%U:%G %a %n' /etc/breakwater /var/lib/breakwater
        breakwater policy check /etc/breakwater/policy.toml
        runuser -u breakwater -- breakwater doctor --json | grep -c '"check":"policy","grade":"ok"'
        echo '# mine' >> /etc/breakwater/policy.toml
        touch /var/lib/breakwater/attempts.db
        dpkg -i /breakwater.deb >/dev/null 2>&1
        tail -1 /etc/breakwater/policy.toml
        bash -c 'source /usr/share/bash-completion/completions/breakwater; COMP_WORDS=(breakwater lists up); COMP_CWORD=2; _breakwater; echo "completed ${COMPREPLY[*]}"'
        dpkg -r breakwater >/dev/null
        test ! -e /usr/bin/breakwater && tail -1 /etc/breakwater/policy.toml
        dpkg -P breakwater >/dev/null 2>/dev/null
        test ! -e /etc/breakwater && ls /var/lib/breakwater/attempts.db
    """).splitlines()
    assert said[0].startswith("breakwater:x:") and said[0].endswith(":/var/lib/breakwater:/usr/sbin/nologin")
    assert said[1:3] == ["root:breakwater 750 /etc/breakwater", "breakwater:breakwater 700 /var/lib/breakwater"]
    assert said[-4:] == ["# mine", "completed update", "# mine", "/var/lib/breakwater/attempts.db"]
