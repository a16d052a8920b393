"""Ways to damage the bytes of a file. All are seeded: the same file gives the same damaged files."""

import ctypes

import numpy as np


def truncations(data, count):
    """(name, bytes): cut off after 0 bytes, after 1, before the last, and at places in between."""
    places = {0, 1, len(data) - 1}
    places.update(int(p) for p in np.linspace(2, len(data) - 2, count - len(places)))
    return [(f"cut at {place}", data[:place]) for place in sorted(places)]


def bit_flips(data, count, first=0, last=None):
    """(name, bytes): one bit wrong, at places drawn from the bytes first ..< last."""
    random = np.random.default_rng(len(data))
    last = len(data) if last is None else last
    flipped = []
    for place in random.choice(np.arange(first, last), min(count, last - first), replace=False):
        bit = int(random.integers(8))
        copy = bytearray(data)
        copy[place] ^= 1 << bit
        flipped.append((f"bit {bit} of byte {place}", bytes(copy)))
    return flipped


def overwritten(data, count, first=0, last=None):
    """(name, bytes): runs of bytes that make lengths and counts huge, negative or zero."""
    random = np.random.default_rng(len(data) + 1)
    last = len(data) if last is None else last
    patterns = [b"\xff" * 4, b"\xff" * 8, b"\x00" * 4, b"\xff\xff\xff\x7f", b"\xff" * 7 + b"\x7f"]
    result = []
    for index in range(count):
        pattern = patterns[index % len(patterns)]
        place = int(random.integers(first, last))
        copy = data[:place] + pattern + data[place + len(pattern) :]
        result.append((f"{pattern.hex()} at {place}", copy))
    return result


def substitutions(data, *pairs):
    """(name, bytes): each pair replaces what occurs in the file by what it must not say."""
    result = []
    for old, new in pairs:
        old, new = (x if isinstance(x, bytes) else x.encode() for x in (old, new))
        assert old in data, f"{old} does not occur"
        name = f"{old[:30].decode(errors='replace')!r} is {new[:30].decode(errors='replace')!r}"
        result.append((name, data.replace(old, new, 1)))
    return result


# The layout of a plan file's header is in Docs/plan-format.md.
PLAN_HEADER_BYTE_COUNT = 64


def plan_field(data, offset):
    return int.from_bytes(data[offset : offset + 8], "little")


def plan_lies(data, count):
    """(name, bytes): numbers in a plan's metadata are wrong, its checksums are right."""
    xxhash = ctypes.CDLL("libxxhash.so.0")
    xxhash.XXH3_64bits.restype = ctypes.c_uint64
    xxhash.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]

    def hashed(part):
        return xxhash.XXH3_64bits(bytes(part), len(part)).to_bytes(8, "little")

    offset, size = plan_field(data, 32), plan_field(data, 40)
    assert data[48:56] == hashed(data[offset : offset + size]), "the plan's format has changed"
    random = np.random.default_rng(len(data) + 2)
    numbers = [0, 1, 2**63 - 1, 2**64 - 1, 2**62, 2**32, 2**31 - 1, 64, 4096, 7]
    result = []
    for index in range(count):
        copy = bytearray(data)
        place = offset + int(random.integers(size - 8))
        if index % 3 == 0:
            copy[place] ^= 1 << int(random.integers(8))
        else:
            place -= (place - offset) % (8 if index % 3 == 1 else 1)
            copy[place : place + 8] = numbers[index % len(numbers)].to_bytes(8, "little")
        copy[48:56] = hashed(copy[offset : offset + size])
        copy[56:64] = hashed(copy[0:56])
        result.append((f"lie {index} at byte {place}", bytes(copy)))
    return result
