"""What a balancer says first of a connection that it passes on: the PROXY protocol."""

import ipaddress
import struct

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
LOCAL = SIGNATURE + b"\x20\0\0\0"  # the balancer's own connection


def line(client):
    """Version 1."""
    family = ipaddress.ip_address(client).version
    return f"PROXY TCP{family} {client} {'192.0.2.1' if family == 4 else '2001:db8::1'} 51234 3128\r\n".encode()


def binary(client, tlvs=b""):
    """Version 2."""
    address = ipaddress.ip_address(client).packed
    content = address + bytes(len(address)) + struct.pack("!HH", 51234, 3128) + tlvs
    return SIGNATURE + bytes([0x21, 0x11 if len(address) == 4 else 0x21]) + struct.pack("!H", len(content)) + content
