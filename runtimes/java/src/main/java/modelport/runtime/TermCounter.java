// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;

/**
 * Counts the terms of one text after another, as a text step says: lower case, accents, tokens,
 * stop words, n-grams, counting. Not thread-safe: it keeps its buffers.
 */
final class TermCounter {
  private static final int SIGMA = 0x3A3;
  private static final int SMALL_SIGMA = 0x3C3;
  private static final int FINAL_SIGMA = 0x3C2;

  private final TextStep step;
  private final TokenFinder finder;
  private CodeText text = new CodeText();
  private CodeText spare = new CodeText();
  private int[] kept = new int[64];
  private byte[] joined = new byte[64];
  // Each occurrence of a term: twice its id, plus 1 when it counts 1 and not -1.
  private long[] hits = new long[64];
  private int hitCount;

  /** The ids of the last text, ascending. */
  int[] ids = new int[64];

  /** How often each stands in it; with signs. */
  int[] counts = new int[64];

  int size;

  TermCounter(TextStep step) {
    this.step = step;
    this.finder = new TokenFinder(step.code, step.sets);
  }

  /** Counts the terms of a text without lone surrogates. */
  void count(String source) {
    hitCount = 0;
    text.read(source);
    if (step.lowercase) {
      lower();
    }
    if (step.accents != TextStep.KEEP) {
      fold();
    }
    if (step.analyzer == TextStep.WORD) {
      text.encode();
      words();
    } else {
      shrinkSpaces();
      text.encode();
      if (step.analyzer == TextStep.CHAR) {
        characters(text, 0, text.length, false);
      } else {
        paddedWords();
      }
    }
    sum();
  }

  private void lower() {
    spare.clear();
    for (int i = 0; i < text.length; i++) {
      int code = text.codes[i];
      if (code == SIGMA) {
        spare.add(isFinal(i) ? FINAL_SIGMA : SMALL_SIGMA);
      } else {
        step.lower.append(code, false, spare);
      }
    }
    swap();
  }

  /** After a cased letter and not before one; what is ignorable does not part them. */
  private boolean isFinal(int at) {
    int before = at - 1;
    while (before >= 0 && step.ignorable.contains(text.codes[before])) {
      before--;
    }
    if (before < 0 || !step.cased.contains(text.codes[before])) {
      return false;
    }
    int after = at + 1;
    while (after < text.length && step.ignorable.contains(text.codes[after])) {
      after++;
    }
    return after == text.length || !step.cased.contains(text.codes[after]);
  }

  private void fold() {
    spare.clear();
    boolean ascii = step.accents == TextStep.ASCII;
    for (int i = 0; i < text.length; i++) {
      step.fold.append(text.codes[i], ascii && text.codes[i] > 0x7F, spare);
    }
    swap();
  }

  /** Two and more characters of white space become one space; one alone stays what it is. */
  private void shrinkSpaces() {
    spare.clear();
    for (int i = 0; i < text.length; ) {
      int end = i;
      while (end < text.length && step.spaces.contains(text.codes[end])) {
        end++;
      }
      spare.add(end - i > 1 ? ' ' : text.codes[i]);
      i = Math.max(end, i + 1);
    }
    swap();
  }

  private void swap() {
    CodeText made = spare;
    spare = text;
    text = made;
  }

  private void words() {
    finder.find(text);
    int count = 0;
    kept = kept.length < 2 * finder.count ? new int[finder.spans.length] : kept;
    for (int i = 0; i < finder.count; i++) {
      int from = text.place[finder.spans[2 * i]];
      int to = text.place[finder.spans[2 * i + 1]];
      if (step.stopWords.isEmpty() || step.stopWords.find(text.utf8, from, to) < 0) {
        kept[2 * count] = from;
        kept[2 * count + 1] = to;
        count++;
      }
    }
    for (int first = 0; first < count; first++) {
      int length = 0;
      for (int n = 1; n <= step.most && first + n <= count; n++) {
        int from = kept[2 * (first + n - 1)];
        int to = kept[2 * (first + n - 1) + 1];
        if (step.most == 1) {
          hit(text.utf8, from, to);
          break;
        }
        if (joined.length < length + 1 + to - from) {
          joined = Arrays.copyOf(joined, 2 * (length + 1 + to - from));
        }
        if (n > 1) {
          joined[length++] = ' ';
        }
        System.arraycopy(text.utf8, from, joined, length, to - from);
        length += to - from;
        if (n >= step.least) {
          hit(joined, 0, length);
        }
      }
    }
  }

  /** The n-grams of some characters; a padded word too short for the least n-gram counts once. */
  private void characters(CodeText from, int begin, int end, boolean padded) {
    for (int i = begin; i < end; i++) {
      for (int n = step.least; n <= step.most && n <= end - i; n++) {
        hit(from.utf8, from.place[i], from.place[i + n]);
      }
    }
    if (padded && end - begin < step.least) {
      hit(from.utf8, from.place[begin], from.place[end]);
    }
  }

  private void paddedWords() {
    for (int i = 0; i < text.length; ) {
      int end = i;
      while (end < text.length && !step.spaces.contains(text.codes[end])) {
        end++;
      }
      if (end > i) {
        spare.clear();
        spare.add(' ');
        for (int k = i; k < end; k++) {
          spare.add(text.codes[k]);
        }
        spare.add(' ');
        spare.encode();
        characters(spare, 0, spare.length, true);
      }
      i = end + 1;
    }
  }

  private void hit(byte[] bytes, int from, int to) {
    int id;
    int sign = 1;
    if (step.counting == TextStep.VOCABULARY) {
      id = step.terms.find(bytes, from, to);
      if (id < 0) {
        return;
      }
    } else {
      int hash = Murmur3.hash(bytes, from, to);
      // As a long: the magnitude of -2**31 has no place in an int.
      id = (int) (Math.abs((long) hash) % step.width);
      sign = hash < 0 && step.counting == TextStep.SIGNED_HASH ? 0 : 1;
    }
    if (hitCount == hits.length) {
      hits = Arrays.copyOf(hits, 2 * hitCount);
    }
    hits[hitCount++] = (long) id << 1 | sign;
  }

  private void sum() {
    Arrays.sort(hits, 0, hitCount);
    size = 0;
    for (int i = 0; i < hitCount; i++) {
      int id = (int) (hits[i] >> 1);
      if (size == 0 || ids[size - 1] != id) {
        if (size == ids.length) {
          ids = Arrays.copyOf(ids, 2 * size);
          counts = Arrays.copyOf(counts, 2 * size);
        }
        ids[size] = id;
        counts[size++] = 0;
      }
      counts[size - 1] += (hits[i] & 1) == 0 ? -1 : 1;
    }
    if (step.binary) {
      Arrays.fill(counts, 0, size, 1);
    }
  }
}
