"""A histogram of latencies in a few bytes: sorted pairs of bucket and count, as variable-length integers."""

from collections.abc import Iterable, Iterator, Mapping


def pack(buckets: Mapping[int, int]) -> bytes:
    """Return the histogram as bytes. Buckets and counts are not negative; empty buckets are left out."""
    packed, last = bytearray(), 0
    for index in sorted(buckets):
        if buckets[index]:
            packed += _number(index - last) + _number(buckets[index])
            last = index
    return bytes(packed)


def unpack(packed: bytes) -> dict[int, int]:
    numbers, index = _numbers(packed), 0
    buckets: dict[int, int] = {}
    for step in numbers:
        index += step
        buckets[index] = next(numbers)
    return buckets


def add(histograms: Iterable[bytes]) -> dict[int, int]:
    """Return the sum of histograms."""
    total: dict[int, int] = {}
    for packed in histograms:
        for index, count in unpack(packed).items():
            total[index] = total.get(index, 0) + count
    return total


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the high bit says that more follow (LEB128)."""
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    parts.append(value)
    return bytes(parts)


def _numbers(packed: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in packed:
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            yield value
            value = shift = 0
