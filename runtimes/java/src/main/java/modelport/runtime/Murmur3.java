// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

/**
 * MurmurHash3 for 32 bits (x86 variant) with seed 0: what scikit-learn hashes terms with. After
 * Austin Appleby's MurmurHash3.cpp.
 */
final class Murmur3 {
  private Murmur3() {}

  static int hash(byte[] data, int from, int to) {
    int h = 0;
    int whole = from + (to - from & ~3);
    for (int i = from; i < whole; i += 4) {
      h ^= mixed(tail(data, i, 4));
      h = Integer.rotateLeft(h, 13) * 5 + 0xE6546B64;
    }
    h ^= mixed(tail(data, whole, to - whole)) ^ to - from;
    h = (h ^ h >>> 16) * 0x85EBCA6B;
    h = (h ^ h >>> 13) * 0xC2B2AE35;
    return h ^ h >>> 16;
  }

  /** The four bytes whose hash it is, the first in the lowest bits: of four, each hash has one origin. */
  static int block(int hash) {
    int h = hash ^ hash >>> 16;
    h *= 0x7ED1B41D; // the inverses modulo 2^32 of what hash() multiplies by
    h ^= h >>> 13 ^ h >>> 26;
    h *= 0xA5CB9243;
    h ^= h >>> 16 ^ Integer.BYTES;
    h = Integer.rotateRight((h - 0xE6546B64) * 0xCCCCCCCD, 13);
    return Integer.rotateRight(h * 0x56ED309B, 15) * 0xDEE13BB1;
  }

  private static int tail(byte[] data, int from, int count) {
    int value = 0;
    for (int i = count - 1; i >= 0; i--) {
      value = value << 8 | data[from + i] & 0xFF;
    }
    return value;
  }

  private static int mixed(int k) {
    return Integer.rotateLeft(k * 0xCC9E2D51, 15) * 0x1B873593;
  }
}
