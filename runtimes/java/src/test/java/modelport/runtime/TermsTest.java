// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import modelport.api.Status;
import org.junit.jupiter.api.Test;

/** Text steps: what the Python runtime counts for the same texts is written here. */
class TermsTest {
  private static final int REVIEW = 0;
  private static final int WORD_TOTAL = 0;
  private static final int ID_TOTAL = 1;
  private static final int CHAR_TOTAL = 2;

  private static final byte[] TABLES = Resources.read(Models.class, "terms.bin");

  private static Contract contract() {
    return ContractReader.read(Resources.read(Models.class, "terms.json"), TABLES);
  }

  private static int[] counted(int step, String text) {
    TermCounter counter = new TermCounter(TextFile.read(TABLES).get(step));
    counter.count("left over from before");
    counter.count(text);
    int[] pairs = new int[2 * counter.size];
    for (int i = 0; i < counter.size; i++) {
      pairs[2 * i] = counter.ids[i];
      pairs[2 * i + 1] = counter.counts[i];
    }
    return pairs;
  }

  @Test
  void countsWordsOfTheVocabulary() {
    String text = "The good CAF\u00c9, the Cafe\u0301 \u039f\u0394\u039f\u03a3";
    assertArrayEquals(new int[] {0, 2, 1, 1, 2, 1}, counted(0, text));
    assertArrayEquals(
        new int[] {0, 1, 1, 1, 3, 1}, counted(0, "\u6771\u4eac x good the caf\u00e9"));
    assertArrayEquals(new int[] {}, counted(0, ""));
  }

  @Test
  void hashesPaddedCharacters() {
    int[] expected = {1, -1, 3, 1, 6, -1, 7, 1, 8, -2, 9, 1, 10, -2, 11, -1, 12, 0, 15, -1};
    assertArrayEquals(expected, counted(1, "a bc \t\t\u0130\ud83d\ude00"));
  }

  @Test
  void hashesAsTheReferenceDoes() {
    List<String> texts = List.of("", "a", "ab", "abc", "hello");
    int[] hashes =
        texts.stream()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .mapToInt(bytes -> Murmur3.hash(bytes, 0, bytes.length))
            .toArray();
    assertArrayEquals(new int[] {0, 1009084850, -1681926305, -1277324294, 613153351}, hashes);
  }

  @Test
  void rowsOfAllLengthsGoThroughTheGraph() {
    Contract contract = contract();
    try (Engine engine = Models.engine("terms", contract);
        Workspace work = new Workspace(engine, 5)) {
      work.set(0, REVIEW, "\u6771\u4eac x good the caf\u00e9");
      work.set(1, REVIEW, "");
      work.set(2, REVIEW, (String) null);
      work.set(3, REVIEW, "half \ud83d");
      work.set(4, REVIEW, "a bc \t\t\u0130\ud83d\ude00");
      for (int rows : new int[] {5, 1, 5}) {
        work.run(rows);
        assertEquals(3.0, work.number(WORD_TOTAL, 0, 0));
        assertEquals(0 + 1 + 3 + 100.0 * 15, work.number(ID_TOTAL, 0, 0));
        assertEquals(23.0, work.number(CHAR_TOTAL, 0, 0));
      }
      assertEquals(0.0, work.number(WORD_TOTAL, 1, 0));
      assertEquals("missing: review", work.reason(2));
      assertEquals("invalid: review", work.reason(3));
      assertEquals(Double.NaN, work.number(CHAR_TOTAL, 3, 0));
      assertEquals(Status.OK, work.status(4));
      assertEquals(0.0, work.number(WORD_TOTAL, 4, 0));
      assertEquals(100.0 * 15, work.number(ID_TOTAL, 4, 0));
    }
  }

  @Test
  void refusesTablesThatAreNone() {
    byte[] json = Resources.read(Models.class, "terms.json");
    assertRefused(() -> ContractReader.read(json), "text.bin is not there");
    byte[] other = TABLES.clone();
    other[8] = 2;
    assertRefused(() -> ContractReader.read(json, other), "version 1");
    assertRefused(() -> ContractReader.read(json, Arrays.copyOf(TABLES, 9)), "version 1");
    String newer =
        new String(json, StandardCharsets.UTF_8)
            .replaceFirst("(text_steps\": \\[\\s*\\{\\s*\"version\": )1", "$12");
    byte[] step = newer.getBytes(StandardCharsets.UTF_8);
    assertRefused(() -> ContractReader.read(step, TABLES), "version 2");
  }

  private static void assertRefused(Runnable call, String message) {
    Exception refusal = assertThrows(IllegalArgumentException.class, call::run);
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }
}
