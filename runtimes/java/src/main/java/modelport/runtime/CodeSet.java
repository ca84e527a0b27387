// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

/** A set of code points. Immutable and thread-safe. */
final class CodeSet {
  private final long[] bits;

  /**
   * Reads ranges.
   *
   * @param ranges first, last, first, last, and so on
   * @param from index of the first number
   * @param to index after the last number
   */
  CodeSet(int[] ranges, int from, int to) {
    this.bits = new long[to == from ? 0 : (ranges[to - 1] >> 6) + 1];
    for (int i = from; i < to; i += 2) {
      for (int code = ranges[i]; code <= ranges[i + 1]; code++) {
        bits[code >> 6] |= 1L << code;
      }
    }
  }

  CodeSet(int[] ranges) {
    this(ranges, 0, ranges.length);
  }

  boolean contains(int code) {
    int word = code >> 6;
    return word < bits.length && (bits[word] >> code & 1) != 0;
  }
}
