// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;

/** One text step of a workspace: from a column of texts to the two tensors. Not thread-safe. */
final class Terms {
  private final TextColumn texts;
  private final TermInput ids;
  private final TermInput counts;
  private final TermCounter counter;
  // The terms of all rows, one row behind the other.
  private final int[] starts;
  private int[] foundIds = new int[64];
  private int[] foundCounts = new int[64];

  Terms(TextStep step, TextColumn texts, TermInput ids, TermInput counts, int capacity) {
    this.texts = texts;
    this.ids = ids;
    this.counts = counts;
    this.counter = new TermCounter(step);
    this.starts = new int[capacity + 1];
  }

  /** Writes the first rows; one that is refused or missing has no terms. */
  void write(int rows, Refusals refusals) {
    int widest = 1;
    for (int row = 0; row < rows; row++) {
      String text = refusals.accepts(row) ? texts.present(row) : null;
      starts[row + 1] = starts[row] + (text == null ? 0 : count(text, starts[row]));
      widest = Math.max(widest, starts[row + 1] - starts[row]);
    }
    ids.resize(rows, widest);
    counts.resize(rows, widest);
    for (int row = 0; row < rows; row++) {
      int size = starts[row + 1] - starts[row];
      for (int term = 0; term < widest; term++) {
        int at = starts[row] + term;
        ids.put(row, term, term < size ? foundIds[at] : 0L);
        counts.put(row, term, term < size ? foundCounts[at] : 0L);
      }
    }
  }

  private int count(String text, int start) {
    counter.count(text);
    if (foundIds.length < start + counter.size) {
      foundIds = Arrays.copyOf(foundIds, 2 * (start + counter.size));
      foundCounts = Arrays.copyOf(foundCounts, foundIds.length);
    }
    System.arraycopy(counter.ids, 0, foundIds, start, counter.size);
    System.arraycopy(counter.counts, 0, foundCounts, start, counter.size);
    return counter.size;
  }
}
