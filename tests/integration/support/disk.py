"""Small file systems of a test's own, to be filled and to be made read-only. They need root."""

import contextlib
import os
import shutil
import subprocess

import pytest


@contextlib.contextmanager
def small_disk(folder, size="1500k"):
    """A tmpfs over `folder`; skips the test where it cannot be mounted."""
    folder.mkdir(parents=True, exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder]
    if os.geteuid() != 0 or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("only root may mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def fill(folder):
    """Takes all the space that is left; returns the file that holds it."""
    filler = folder / "filler"
    with open(filler, "ab", buffering=0) as file:
        for size in (1 << 16, 1 << 9, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(bytes(size))
    return filler


def make_read_only(folder):
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)


def make_image(file, size=64 << 20):
    """A file with an empty ext4 in it, which becomes read-only at an error; skips the test where there is no mkfs."""
    mkfs = shutil.which("mkfs.ext4", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not mkfs:
        pytest.skip("there is no mkfs.ext4: install e2fsprogs")
    with open(file, "wb") as image:
        image.truncate(size)
    subprocess.run([mkfs, "-q", "-e", "remount-ro", file], check=True)
    return file


@contextlib.contextmanager
def mounted(image, folder):
    """The file system in an image; skips the test where that is not possible. Gives the name of its block device."""
    folder.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-o", "loop", image, folder], capture_output=True).returncode != 0:
        pytest.skip("only root may mount an image, and only where there are loop devices")
    try:
        yield subprocess.run(["findmnt", "-no", "SOURCE", folder], capture_output=True, text=True,
                             check=True).stdout.strip().removeprefix("/dev/")
    finally:
        subprocess.run(["umount", folder], check=True)
