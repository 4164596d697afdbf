"""ClientHellos to order (RFC 8446 4.1.2)."""

import struct

ALERT_ACCESS_DENIED = b"\x02\x31"  # fatal, 49


def vector(size, data):
    return len(data).to_bytes(size, "big") + data


def extension(kind, data):
    return struct.pack(">H", kind) + vector(2, data)


def server_name(name):
    data = name if isinstance(name, bytes) else name.encode()
    return extension(0, vector(2, b"\0" + vector(2, data)))


def handshake(sni="allowed.test", alpn=("h2", "http/1.1"), extensions=b""):
    """A ClientHello message; `sni` None leaves the extension out."""
    more = b"" if sni is None else server_name(sni)
    if alpn:
        more += extension(16, vector(2, b"".join(vector(1, name.encode()) for name in alpn)))
    more += extension(10, bytes.fromhex("0002001d"))  # groups: x25519
    more += extension(13, bytes.fromhex("0006040308040401"))  # signatures
    more += extension(43, bytes.fromhex("020304"))  # TLS 1.3
    more += extension(51, bytes.fromhex("0024001d0020") + bytes(range(32)))  # key share
    ciphers = vector(2, bytes.fromhex("130113021303"))
    body = b"\x03\x03" + bytes(32) + vector(1, bytes(range(32))) + ciphers + vector(1, b"\0")
    return b"\x01" + vector(3, body + vector(2, more + extensions))


def record(data, kind=22, version=b"\x03\x01"):
    return bytes([kind]) + version + vector(2, data)


def client_hello(sni="allowed.test", *, records=1, **options):
    """The bytes on the wire, in `records` TLS records."""
    message = handshake(sni, **options)
    step = -(-len(message) // records)
    return b"".join(record(message[at : at + step]) for at in range(0, len(message), step))
