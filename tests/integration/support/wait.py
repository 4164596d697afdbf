"""Bounded waiting."""

import time

PATIENCE = 90.0  # seconds for what must happen: room for a sanitizer build, and for a disk that keeps fsync waiting


def until(condition, what, seconds=PATIENCE):
    """Calls `condition` until it gives something true, which is returned."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        assert time.monotonic() < end, f"waited {seconds} s for {what() if callable(what) else what}"
        time.sleep(0.01)
