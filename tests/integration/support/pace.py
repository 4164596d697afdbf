"""How fast the binary under test is: a sanitizer makes everything several times slower."""

from support.gateway import BINARY


def is_sanitized():
    binary = BINARY.read_bytes()
    return b"__asan_init" in binary or b"__tsan_init" in binary


SANITIZED = is_sanitized()
SLOWNESS = 8 if SANITIZED else 1
