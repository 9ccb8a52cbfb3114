#!/usr/bin/env python3
"""Computes the vectors beside this file from PROTOCOL.md alone: a second implementation that shares no code with ours.

Needs the Python package cryptography (for Ed25519 and X25519). Run it after a change of the protocol and format the
result with `biome format --write`; the tests then say whether both implementations agree.

Keys: Ed25519 seeds from RFC 8032 section 7.1 (TEST 1: IPv6 peer, TEST 2: IPv4 peer), X25519 private keys from RFC 7748
section 6.1 (Alice: IPv6 peer, Bob: IPv4 peer). Nonces count upwards so that they are easy to see. Addresses are from
the documentation ranges of RFC 3849 and RFC 5737.
"""

import base64
import hashlib
import hmac
import ipaddress
import json
import pathlib
import struct

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

HERE = pathlib.Path(__file__).parent


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def label(name):
    return b"nat64-peer/1 " + name.encode() + b"\0"


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def counting(first, length):
    return bytes((first + i) & 0xFF for i in range(length))


def ip(text):
    return ipaddress.ip_address(text).packed


def write(name, content):
    (HERE / name).write_text(json.dumps(content, indent=2) + "\n")


SEED_V6 = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
SEED_V4 = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
EPH_V6 = bytes.fromhex("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a")
EPH_V4 = bytes.fromhex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb")

signer_v6 = Ed25519PrivateKey.from_private_bytes(SEED_V6)
signer_v4 = Ed25519PrivateKey.from_private_bytes(SEED_V4)
ID_V6 = signer_v6.public_key().public_bytes_raw()
ID_V4 = signer_v4.public_key().public_bytes_raw()
PUB_V6 = X25519PrivateKey.from_private_bytes(EPH_V6).public_key().public_bytes_raw()
PUB_V4 = X25519PrivateKey.from_private_bytes(EPH_V4).public_key().public_bytes_raw()
assert ID_V6.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
assert PUB_V6.hex() == "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
assert PUB_V4.hex() == "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f"

PREFIX = "2001:db8:64::/80"
PAIR = counting(0x10, 16)
V6 = ip("2001:db8:64::ffff:0:1")
TEREDO = "2001:0:c000:201:2866:63bf:39cc:9bf8"
FRESH_TEREDO = "2001:0:c000:201:14c3:63bf:39cc:9bf8"
V4 = ip(TEREDO)


def peer_id(identity):
    return base64.b32encode(hashlib.sha256(label("peer id") + identity).digest()[:20]).decode().lower()


# Frame
ping = '{"type":"ping","id":7}'.encode()
write("frame.json", {"message": {"type": "ping", "id": 7}, "frame": (struct.pack(">I", len(ping)) + ping).hex()})

# Peer ids and hello
EXPORTER = counting(0xA0, 32)
hellos = []
for role, role_byte, identity, signer in (("v6peer", 6, ID_V6, signer_v6), ("v4peer", 4, ID_V4, signer_v4)):
    signed = label("hello") + bytes([role_byte]) + identity + EXPORTER
    hellos.append(
        {
            "role": role,
            "seed": (SEED_V6 if role == "v6peer" else SEED_V4).hex(),
            "identity": identity.hex(),
            "peerId": peer_id(identity),
            "exporter": EXPORTER.hex(),
            "signed": signed.hex(),
            "signature": signer.sign(signed).hex(),
        }
    )
write("hello.json", hellos)

# Key agreement
SELECTOR, PINNED_V6, PINNED_V4, FIRST, LAST = 0x002A, False, True, 20480, 24575
prefix_bytes = ip(PREFIX.split("/")[0]) + bytes([80])
offer_bytes = (
    label("offer") + b"\x06" + ID_V6 + b"\x04" + ID_V4 + prefix_bytes + PAIR
    + struct.pack(">H", SELECTOR) + bytes([PINNED_V6]) + PUB_V6
)
services = [
    {"network": "192.168.1.10/32", "protocol": "tcp", "firstPort": 443, "lastPort": 443},
    {"network": "192.0.0.9/32", "protocol": "udp", "firstPort": 5000, "lastPort": 5010},
]
policy_bytes = bytes([1, len(services)])
for service in services:
    address, length = service["network"].split("/")
    policy_bytes += ip(address) + bytes([int(length), {"tcp": 6, "udp": 17}[service["protocol"]]])
    policy_bytes += struct.pack(">HH", service["firstPort"], service["lastPort"])
accept_bytes = (
    label("accept") + offer_bytes + b"\x04" + ID_V4 + b"\x06" + ID_V6 + PAIR
    + struct.pack(">HH", FIRST, LAST) + policy_bytes + bytes([PINNED_V4]) + PUB_V4
)
offer = {
    "type": "offer", "pair": b64(PAIR), "from": b64(ID_V6), "to": b64(ID_V4), "prefix": PREFIX, "selector": SELECTOR,
    "pinnedInternet": PINNED_V6, "ephemeral": b64(PUB_V6), "signature": b64(signer_v6.sign(offer_bytes)),
}
accept = {
    "type": "accept", "pair": b64(PAIR), "from": b64(ID_V4), "to": b64(ID_V6),
    "ports": {"first": FIRST, "last": LAST}, "policy": {"internet": True, "services": services},
    "pinnedInternet": PINNED_V4, "ephemeral": b64(PUB_V4), "signature": b64(signer_v4.sign(accept_bytes)),
}
secret = X25519PrivateKey.from_private_bytes(EPH_V6).exchange(X25519PublicKey.from_public_bytes(PUB_V4))
info = label("pair keys") + accept_bytes
prk = mac(label("salt"), secret)
key_to_v4 = mac(prk, info + b"\x01")
key_to_v6 = mac(prk, key_to_v4 + info + b"\x02")
write(
    "agreement.json",
    {
        "v6PrivateKey": EPH_V6.hex(), "v4PrivateKey": EPH_V4.hex(), "offer": offer, "offerSigned": offer_bytes.hex(),
        "accept": accept, "acceptSigned": accept_bytes.hex(), "secret": secret.hex(),
        "toV4": key_to_v4.hex(), "toV6": key_to_v6.hex(),
    },
)

# Path probes
NONCE_A, NONCE_B = counting(0xA0, 16), counting(0xB0, 16)


def probe(number):
    to_v6 = number == 2
    source, destination = (V4, V6) if to_v6 else (V6, V4)
    b = bytes(16) if number == 1 else NONCE_B
    data = b"N64P" + bytes([1, 6 if to_v6 else 4, number, 0]) + PAIR + NONCE_A + b
    data += mac(key_to_v6 if to_v6 else key_to_v4, label("probe") + source + destination + data)[:16]
    icmp = bytes([129 if to_v6 else 128, 0, 0, 0]) + PAIR[:2] + NONCE_A[:2] + data
    pseudo = source + destination + struct.pack(">II", len(icmp), 58) + icmp
    total = sum(struct.unpack(f">{len(pseudo) // 2}H", pseudo))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    icmp = icmp[:2] + struct.pack(">H", total ^ 0xFFFF) + icmp[4:]
    return b"\x60\0\0\0" + struct.pack(">HBB", len(icmp), 58, 64) + source + destination + icmp


write(
    "probes.json",
    {
        "pair": PAIR.hex(), "v6": V6.hex(), "v4": V4.hex(), "toV4": key_to_v4.hex(), "toV6": key_to_v6.hex(),
        "a": NONCE_A.hex(), "b": NONCE_B.hex(), "packets": [probe(number).hex() for number in (1, 2, 3)],
    },
)

# Solicitation and its answer
TOKEN, REG_KEY, RS_NONCE, MAPPING_NONCE = counting(0x20, 16), counting(0x40, 32), counting(0x30, 8), counting(0xC0, 16)
origin = ip("198.51.100.7") + struct.pack(">H", 40000)
write(
    "solicitation.json",
    {
        "token": TOKEN.hex(), "key": REG_KEY.hex(), "nonce": RS_NONCE.hex(),
        "solicitationValue": mac(REG_KEY, label("solicitation") + TOKEN + RS_NONCE).hex(),
        "address": "198.51.100.7", "port": 40000, "mappingNonce": MAPPING_NONCE.hex(),
        "advertisementValue": (
            MAPPING_NONCE + mac(REG_KEY, label("advertisement") + TOKEN + RS_NONCE + origin + MAPPING_NONCE)
        ).hex(),
    },
)

# Whole datagrams: each "udp" is a UDP payload, as it travels between IPv4 peer, coordinator and relay
def icmpv6(source, destination, kind, body, hop_limit):
    message = bytes([kind, 0, 0, 0]) + body
    message = message[:2] + checksum(source + destination + struct.pack(">II", len(message), 58) + message) + message[4:]
    return ipv6_header(len(message), 58, hop_limit, source, destination) + message


def checksum(data):
    total = sum(struct.unpack(f">{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", total ^ 0xFFFF)


def ipv6_header(length, next_header, hop_limit, source, destination):
    return b"\x60\0\0\0" + struct.pack(">HBB", length, next_header, hop_limit) + source + destination


def authentication(identifier, value):
    return bytes([0, 1, len(identifier), len(value)]) + identifier + value + RS_NONCE + b"\0"


def udp_packet(source, destination, source_port, destination_port, data, hop_limit):
    length = 8 + len(data)
    datagram = struct.pack(">HHHH", source_port, destination_port, length, 0) + data
    pseudo = source + destination + struct.pack(">II", length, 17) + datagram
    datagram = datagram[:6] + checksum(pseudo) + datagram[8:]
    return ipv6_header(length, 17, hop_limit, source, destination) + datagram


def ipv4_packet(source, destination, source_port, destination_port, data, ttl, checksum_field):
    length = 28 + len(data)
    # An IPv6 packet of at most 1260 bytes may be fragmented as IPv4 (RFC 7915 section 5.1): DF is not set.
    header = struct.pack(">BBHHHBBH", 0x45, 0, length, 0, 0, ttl, 17, 0) + source + destination
    header = header[:10] + checksum(header) + header[12:]
    return header + struct.pack(">HHH", source_port, destination_port, 8 + len(data)) + checksum_field + data


LINK_LOCAL = ip("fe80::ffff:ffff:ffff")
CONE_LINK_LOCAL = ip("fe80::8000:ffff:ffff:ffff")
ALL_ROUTERS = ip("ff02::2")
# fe80::, flags with the cone bit, and port and address of the server, inverted
SERVER_LINK_LOCAL = ip("fe80::8000:f227:3fff:fdfe")
PADDING = bytes([253, 7]) + bytes(54)
rs_value = mac(REG_KEY, label("solicitation") + TOKEN + RS_NONCE)
ra_value = MAPPING_NONCE + mac(REG_KEY, label("advertisement") + TOKEN + RS_NONCE + origin + MAPPING_NONCE)
inverted = bytes(byte ^ 0xFF for byte in origin[4:] + origin[:4])


def solicitation(source, value=rs_value, padding=PADDING):
    return authentication(TOKEN, value) + icmpv6(source, ALL_ROUTERS, 133, bytes(4) + padding, 255)


prefix_option = bytes([3, 4, 64, 0x40]) + b"\xff" * 8 + bytes(4) + ip("2001:0:c000:201::")
advertisement = authentication(b"", ra_value) + b"\0\0" + inverted + icmpv6(
    SERVER_LINK_LOCAL, LINK_LOCAL, 134, bytes(12) + prefix_option + bytes([5, 1, 0, 0]) + struct.pack(">I", 1280), 255
)
RELAY_NONCE = ip("fe80::6d1f:3c02:99a8:7e41")
SERVER = ip("2001:db8:64::2a:c633:6450")  # P:e:198.51.100.80 with the selector 42
out_packet = udp_packet(SERVER, V4, 20480, 53, b"nat64", 63)
back_packet = udp_packet(V4, SERVER, 53, 20480, b"nat64", 55)
LOCAL, REMOTE = ip("198.18.0.1"), ip("198.51.100.80")


def pseudo4(source, destination, source_port, destination_port, data):
    return checksum(
        source + destination + struct.pack(">HH", 17, 8 + len(data))
        + struct.pack(">HHHH", source_port, destination_port, 8 + len(data), 0) + data
    )


wrong_value = bytes([rs_value[0] ^ 1]) + rs_value[1:]
write(
    "wire.json",
    {
        "solicitation": solicitation(LINK_LOCAL).hex(),
        "coneSolicitation": solicitation(CONE_LINK_LOCAL).hex(),
        "advertisement": advertisement.hex(),
        "bubbleFromRelay": ipv6_header(0, 59, 0, RELAY_NONCE, V4).hex(),
        "bubbleToRelay": ipv6_header(0, 59, 0, V4, RELAY_NONCE).hex(),
        "dataToV4": out_packet.hex(),
        "dataAsIPv4": ipv4_packet(LOCAL, REMOTE, 20480, 53, b"nat64", 62, pseudo4(LOCAL, REMOTE, 20480, 53, b"nat64")).hex(),
        "answerAsIPv4": ipv4_packet(REMOTE, LOCAL, 53, 20480, b"nat64", 56, pseudo4(REMOTE, LOCAL, 53, 20480, b"nat64")).hex(),
        "dataToV6": back_packet.hex(),
        "notAnswered": [
            {"defect": "shorter than its answer", "udp": solicitation(LINK_LOCAL, padding=b"").hex()},
            {"defect": "wrong authentication value", "udp": solicitation(LINK_LOCAL, wrong_value).hex()},
            {
                "defect": "no authentication encapsulation",
                "udp": icmpv6(LINK_LOCAL, ALL_ROUTERS, 133, bytes(4) + PADDING, 255).hex(),
            },
            {
                "defect": "hop limit below 255",
                "udp": (authentication(TOKEN, rs_value) + icmpv6(LINK_LOCAL, ALL_ROUTERS, 133, bytes(4) + PADDING, 254)).hex(),
            },
            {
                "defect": "source that is not link-local",
                "udp": solicitation(ip("2001:db8::1")).hex(),
            },
            {"defect": "bubble to an address that was not assigned", "udp": ipv6_header(0, 59, 0, RELAY_NONCE, ip(FRESH_TEREDO)).hex()},
            {"defect": "bubble with a payload", "udp": (ipv6_header(1, 59, 0, RELAY_NONCE, V4) + b"x").hex()},
            {"defect": "bubble from a multicast address", "udp": ipv6_header(0, 59, 0, ip("ff02::1"), V4).hex()},
        ],
        "dropped": [
            {"defect": "source outside the prefix", "udp": udp_packet(ip("2001:db8:65::2a:c633:6450"), V4, 20480, 53, b"nat64", 63).hex()},
            {"defect": "source with another selector", "udp": udp_packet(ip("2001:db8:64::2b:c633:6450"), V4, 20480, 53, b"nat64", 63).hex()},
            {"defect": "destination that is no pair's", "udp": udp_packet(SERVER, ip(FRESH_TEREDO), 20480, 53, b"nat64", 63).hex()},
            {"defect": "destination port that is refused", "udp": udp_packet(SERVER, V4, 20480, 1900, b"nat64", 63).hex()},
            {"defect": "server that is not global", "udp": udp_packet(ip("2001:db8:64::2a:a00:1"), V4, 20480, 53, b"nat64", 63).hex()},
            {"defect": "hop limit 1", "udp": udp_packet(SERVER, V4, 20480, 53, b"nat64", 1).hex()},
            {"defect": "UDP checksum 0", "udp": (out_packet[:46] + b"\0\0" + out_packet[48:]).hex()},
        ],
    },
)

# Proof of prefix
proof_nonces = [counting(first, 16) for first in (0x50, 0x60, 0x70)]
write(
    "prefix-proof.json",
    [{"index": i, "nonce": n.hex(), "payload": (b"N64O" + bytes([1, i, 0, 0]) + n).hex()} for i, n in enumerate(proof_nonces)],
)

# One example of each message, with every field that it can have
held = [{"pair": b64(PAIR), "peer": peer_id(ID_V4), "address": TEREDO}]
write(
    "messages.json",
    [
        {
            "type": "hello", "role": "v6peer", "versions": {"lowest": 1, "highest": 1}, "features": [],
            "identity": b64(ID_V6), "signature": b64(bytes.fromhex(hellos[0]["signature"])),
            "software": "v6peerd 0.1.0", "invite": "spring-2031-fQ8n",
        },
        {
            "type": "welcome", "version": 1, "features": [], "peer": peer_id(ID_V6), "observed": "2001:db8:1::80",
            "addresses": ["192.0.2.1", "2001:db8:c::1"], "keepAlive": 30, "software": "nat64-coordinator 0.1.0",
        },
        {
            "type": "register-v6", "prefix": PREFIX, "relay": "system", "bandwidth": 100_000_000, "listed": True,
            "abuse": "abuse@example.net", "terms": "https://example.net/terms", "exits": 4, "wants": [peer_id(ID_V4)],
            "onlyWanted": False, "pairs": held,
        },
        {"type": "challenge", "prefix": PREFIX, "source": "2001:db8:c::1", "sourcePort": 3544, "within": 10},
        {"type": "prove", "prefix": PREFIX, "nonces": [b64(n) for n in proof_nonces]},
        {
            "type": "register-v4", "internet": True, "publishes": True, "bandwidth": 20_000_000, "maxPairs": 4,
            "wants": [peer_id(ID_V6)], "onlyWanted": False,
            "pairs": [{"pair": b64(PAIR), "peer": peer_id(ID_V6), "address": TEREDO}],
        },
        {
            "type": "solicit", "token": b64(TOKEN), "key": b64(REG_KEY),
            "primary": {"address": "192.0.2.1", "port": 3544}, "secondary": {"address": "192.0.2.2", "port": 3544},
            "interval": 25,
        },
        {
            "type": "mapped", "address": "198.51.100.7", "port": 40000, "nonce": b64(MAPPING_NONCE),
            "nat": "port-restricted",
        },
        {"type": "registered", "role": "v6peer", "prefix": PREFIX},
        {"type": "registered", "role": "v4peer", "address": "198.51.100.7", "port": 40000},
        {
            "type": "propose", "pair": b64(PAIR), "identity": b64(ID_V4), "internet": True, "publishes": True,
            "bandwidth": 20_000_000,
        },
        offer,
        accept,
        {
            "type": "decline", "pair": b64(PAIR), "reason": "not-pinned",
            "message": "The key of exit 42 is not the one that I know.", "retryAfter": 3600,
        },
        {"type": "pair", "pair": b64(PAIR), "address": TEREDO, "reason": "new", "limits": {"bandwidth": 20_000_000}},
        {"type": "away", "pair": b64(PAIR)},
        {"type": "unpair", "pair": b64(PAIR), "reason": "operator", "message": "This host moves."},
        {
            "type": "bubble", "pair": b64(PAIR), "source": "fe80::6d1f:3c02:99a8:7e41", "address": TEREDO,
            "relay": {"address": "203.0.113.9", "port": 3545},
        },
        {
            "type": "path", "pair": b64(PAIR), "address": TEREDO, "state": "down", "rtt": 41.5, "loss": 0.25,
            "yields": True, "cause": "no-reply",
        },
        {"type": "get-prefixes", "after": "2001:db8:20::/80"},
        {
            "type": "prefixes",
            "prefixes": [
                {
                    "prefix": PREFIX, "peer": peer_id(ID_V6), "health": "up", "exits": 4, "bandwidth": 100_000_000,
                    "abuse": "abuse@example.net",
                    "terms": "https://example.net/terms",
                }
            ],
            "next": PREFIX,
        },
        {"type": "drain", "pair": b64(PAIR), "within": 300, "cancel": False},
        {"type": "ping", "id": 7},
        {"type": "pong", "id": 7},
        {"type": "goodbye", "reason": "restart", "message": "A new version is put in.", "reconnectAfter": 2},
        {
            "type": "error", "code": "unknown-pair",
            "message": "There is no such pair, or this peer is not an end of it.", "temporary": False,
            "regarding": "path", "pair": b64(PAIR), "retryAfter": 5,
        },
        {
            "type": "error", "code": "no-common-version",
            "message": "Both sides have no protocol version in common. Update the older one.", "temporary": False,
            "regarding": "hello", "versions": {"lowest": 1, "highest": 1},
        },
    ],
)
