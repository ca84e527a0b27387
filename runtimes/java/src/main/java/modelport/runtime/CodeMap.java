// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;

/** What code points become: each key's replacement; others stay. Immutable and thread-safe. */
final class CodeMap {
  // Most text is Latin: what its letters become is found without a search.
  private static final int LATIN = 256;
  private static final int SEVERAL = -1;

  private final int[] keys;
  private final int[] starts;
  private final int[] codes;
  private final int[] latin = new int[LATIN];
  private final boolean[] latinKey = new boolean[LATIN];

  /**
   * Takes the three tables of a map.
   *
   * @param keys code points, ascending
   * @param starts where the replacement of key i begins; that of key i + 1 is its end
   * @param codes the replacements, one behind the other
   */
  CodeMap(int[] keys, int[] starts, int[] codes) {
    this.keys = keys;
    this.starts = starts;
    this.codes = codes;
    Arrays.setAll(latin, code -> code);
    for (int i = 0; i < keys.length && keys[i] < LATIN; i++) {
      latin[keys[i]] = starts[i + 1] - starts[i] == 1 ? codes[starts[i]] : SEVERAL;
      latinKey[keys[i]] = true;
    }
  }

  /** Appends what a code point becomes, or itself, or nothing when {@code drop} and it is no key. */
  void append(int code, boolean drop, CodeText to) {
    if (code < LATIN && latin[code] != SEVERAL) {
      if (!drop || latinKey[code]) {
        to.add(latin[code]);
      }
      return;
    }
    int at = Arrays.binarySearch(keys, code);
    if (at < 0) {
      if (!drop) {
        to.add(code);
      }
      return;
    }
    for (int i = starts[at]; i < starts[at + 1]; i++) {
      to.add(codes[i]);
    }
  }
}
