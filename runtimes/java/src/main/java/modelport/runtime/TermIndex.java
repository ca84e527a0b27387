// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;

/** Finds the number of a term by its UTF-8, without making an object. Immutable and thread-safe. */
final class TermIndex {
  private final int[] starts;
  private final byte[] terms;
  // Open addressing, at most half full: a term's number plus 1, or 0.
  private final int[] slots;

  /**
   * Indexes distinct terms.
   *
   * @param starts where term i begins; that of term i + 1 is its end
   * @param terms their UTF-8, one behind the other
   */
  TermIndex(int[] starts, byte[] terms) {
    this.starts = starts;
    this.terms = terms;
    int count = starts.length - 1;
    this.slots = new int[Math.max(2, Integer.highestOneBit(Math.max(1, count)) << 2)];
    for (int term = 0; term < count; term++) {
      int slot = Murmur3.hash(terms, starts[term], starts[term + 1]) & slots.length - 1;
      while (slots[slot] != 0) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = term + 1;
    }
  }

  boolean isEmpty() {
    return starts.length < 2;
  }

  /** Returns the number of a term, -1 when it is none. */
  int find(byte[] text, int from, int to) {
    int slot = Murmur3.hash(text, from, to) & slots.length - 1;
    while (slots[slot] != 0) {
      int term = slots[slot] - 1;
      if (Arrays.equals(text, from, to, terms, starts[term], starts[term + 1])) {
        return term;
      }
      slot = slot + 1 & slots.length - 1;
    }
    return -1;
  }
}
