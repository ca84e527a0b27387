// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

/**
 * How one text becomes counts of terms: the options and tables of a text step. Immutable and
 * thread-safe.
 */
final class TextStep {
  static final int WORD = 0;
  static final int CHAR = 1;
  static final int KEEP = 0;
  static final int ASCII = 2;
  static final int VOCABULARY = 0;
  static final int SIGNED_HASH = 2;

  final int analyzer;
  final int least;
  final int most;
  final boolean lowercase;
  final int accents;
  final int counting;
  final boolean binary;
  final int width;
  final CodeMap lower;
  final CodeMap fold;
  final CodeSet cased;
  final CodeSet ignorable;
  final CodeSet spaces;
  final int[] code;
  final CodeSet[] sets;
  final TermIndex terms;
  final TermIndex stopWords;

  /**
   * Takes a step of {@code text.bin}.
   *
   * @param options its eight options
   * @param tables its sixteen tables, int[] or byte[]
   */
  TextStep(int[] options, Object[] tables) {
    analyzer = options[0];
    least = options[1];
    most = options[2];
    lowercase = options[3] != 0;
    accents = options[4];
    counting = options[5];
    binary = options[6] != 0;
    width = options[7];
    lower = new CodeMap((int[]) tables[0], (int[]) tables[1], (int[]) tables[2]);
    fold = new CodeMap((int[]) tables[3], (int[]) tables[4], (int[]) tables[5]);
    cased = new CodeSet((int[]) tables[6]);
    ignorable = new CodeSet((int[]) tables[7]);
    spaces = new CodeSet((int[]) tables[8]);
    code = (int[]) tables[9];
    int[] starts = (int[]) tables[10];
    sets = new CodeSet[starts.length - 1];
    for (int i = 0; i < sets.length; i++) {
      sets[i] = new CodeSet((int[]) tables[11], starts[i], starts[i + 1]);
    }
    terms = new TermIndex((int[]) tables[12], (byte[]) tables[13]);
    stopWords = new TermIndex((int[]) tables[14], (byte[]) tables[15]);
  }
}
