"""MurmurHash3 for 32 bits (x86 variant, seed 0), as a signed number: what scikit-learn hashes terms with."""

__all__ = ["murmur3"]

_C1, _C2, _ALL = 0xCC9E2D51, 0x1B873593, 0xFFFFFFFF


def murmur3(data: bytes) -> int:
    """Returns the hash as a signed 32-bit number. Source: Austin Appleby's MurmurHash3.cpp, MurmurHash3_x86_32."""
    h = 0
    whole = len(data) & ~3
    for start in range(0, whole, 4):
        h ^= _mixed(int.from_bytes(data[start : start + 4], "little"))
        h = (_rotated(h, 13) * 5 + 0xE6546B64) & _ALL
    h ^= _mixed(int.from_bytes(data[whole:], "little")) ^ len(data)
    h = ((h ^ (h >> 16)) * 0x85EBCA6B) & _ALL
    h = ((h ^ (h >> 13)) * 0xC2B2AE35) & _ALL
    h ^= h >> 16
    return h - (1 << 32) if h >> 31 else h


def _mixed(k: int) -> int:
    return (_rotated((k * _C1) & _ALL, 15) * _C2) & _ALL


def _rotated(value: int, bits: int) -> int:
    return ((value << bits) | (value >> (32 - bits))) & _ALL
