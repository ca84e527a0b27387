// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import modelport.api.Status;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  private static final int F64 = 0;
  private static final int F32 = 1;
  private static final int I64 = 2;
  private static final int FLAG = 3;
  private static final int COLOUR = 4;
  private static final int TEXT = 5;
  private static final int LABEL = 0;
  private static final int SEEN = 1;
  private static final int VALUE = 2;
  private static final int GRADE = 3;
  private static final int COLOUR_CODE = 4;
  private static final int TEXT_FLAGS = 5;

  private static Engine engine;

  @BeforeAll
  static void load() {
    engine = Models.engine("types");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Workspace filled(int rows) {
    Workspace workspace = new Workspace(engine, rows);
    for (int row = 0; row < rows; row++) {
      workspace.set(row, F64, row - 1.0);
      workspace.set(row, F32, 0.5);
      workspace.set(row, I64, 7L);
      workspace.set(row, FLAG, Boolean.TRUE);
      workspace.set(row, COLOUR, "red");
      workspace.set(row, TEXT, "text");
    }
    return workspace;
  }

  @Test
  void carriesEveryTypeInAndOut() {
    try (Workspace work = filled(3)) {
      work.run(3);
      assertEquals(Status.OK, work.status(2));
      assertEquals("ok", work.reason(2));
      assertArrayEquals(new double[] {1.0, 0.5, 7.0, 1.0}, work.doubles(SEEN, 2));
      assertEquals(-1.0, work.number(VALUE, 0, 0));
      assertEquals("no \ud83d\ude01", work.label(LABEL, 1, String.class));
      assertEquals("yes \ud83d\ude00", work.label(LABEL, 2, String.class));
      assertEquals(1, work.labelIndex(LABEL, 2, 0));
      assertEquals(0.0, work.label(GRADE, 1, Double.class));
      assertEquals(0, work.labelIndex(GRADE, 2, 0));
      assertEquals(10L, work.label(COLOUR_CODE, 0, Long.class));
      assertEquals(List.of(false, false), work.labels(TEXT_FLAGS, 0, Boolean.class));
    }
  }

  @Test
  void textReachesTheGraphByteForByte() {
    try (Workspace work = filled(3)) {
      work.set(0, COLOUR, "smile \ud83d\ude00");
      work.set(1, COLOUR, "nul \u0000 inside");
      work.set(2, TEXT, "odd \ud83d\ude00 \u0000 text");
      work.run(3);
      assertEquals(20L, work.label(COLOUR_CODE, 0, Long.class));
      assertEquals(30L, work.label(COLOUR_CODE, 1, Long.class));
      assertEquals(10L, work.label(COLOUR_CODE, 2, Long.class));
      assertEquals(List.of(false, true), work.labels(TEXT_FLAGS, 2, Boolean.class));
    }
  }

  @Test
  void acceptedMissingValuesGoIntoTheGraph() {
    try (Workspace work = filled(2)) {
      work.set(0, F32, Double.NaN);
      work.set(0, I64, (Long) null);
      work.set(0, FLAG, (Boolean) null);
      work.set(0, TEXT, (String) null);
      work.set(1, TEXT, "\ue000missing");
      work.run(2);
      assertEquals(Status.OK, work.status(0));
      assertArrayEquals(
          new double[] {-1.0, Double.NaN, Double.NaN, Double.NaN}, work.doubles(SEEN, 0));
      assertEquals(List.of(true, false), work.labels(TEXT_FLAGS, 0, Boolean.class));
      assertEquals(List.of(true, false), work.labels(TEXT_FLAGS, 1, Boolean.class));
    }
  }

  @Test
  void aRefusedRowSaysWhyAndDisturbsNoOther() {
    try (Workspace work = filled(8)) {
      work.set(0, F64, Double.NaN);
      work.set(1, F64, Double.NEGATIVE_INFINITY);
      work.set(2, F64, -100.5);
      work.set(3, COLOUR, "blue");
      work.setMissing(4, COLOUR);
      work.set(5, TEXT, "half \ud83d");
      work.set(6, F64, Double.NaN);
      work.set(6, COLOUR, "blue");
      work.run(8);
      assertEquals("missing: f64", work.reason(0));
      assertEquals("infinite: f64", work.reason(1));
      assertEquals("out_of_range: f64", work.reason(2));
      assertEquals("unknown_category: colour", work.reason(3));
      assertEquals("missing: colour", work.reason(4));
      assertEquals("invalid: text", work.reason(5));
      assertEquals("missing: f64", work.reason(6));
      for (int row = 0; row < 7; row++) {
        assertNull(work.label(LABEL, row, String.class));
        assertEquals(-1, work.labelIndex(COLOUR_CODE, row, 0));
        assertEquals(List.of(), work.labels(TEXT_FLAGS, row, Boolean.class));
        assertEquals(Double.NaN, work.number(VALUE, row, 0));
        assertEquals(Double.NaN, work.number(SEEN, row, 3));
      }
      assertEquals("ok", work.reason(7));
      assertEquals(6.0, work.number(VALUE, 7, 0));
    }
  }

  @Test
  void valuesStayUntilTheyAreSetAgain() {
    try (Workspace work = filled(2)) {
      work.set(0, F64, Double.NaN);
      work.run(2);
      work.run(2);
      assertEquals(Status.MISSING, work.status(0));
      work.set(0, F64, 5.0);
      work.run(2);
      assertEquals(5.0, work.number(VALUE, 0, 0));
      assertEquals(0.0, work.number(VALUE, 1, 0));
    }
  }

  @Test
  void theNumberOfRowsMayChange() {
    try (Workspace work = filled(5)) {
      for (int rows : new int[] {5, 1, 3, 5}) {
        work.run(rows);
        for (int row = 0; row < rows; row++) {
          assertEquals(row - 1.0, work.number(VALUE, row, 0));
        }
      }
      assertThrows(IllegalArgumentException.class, () -> work.run(6));
      assertThrows(IllegalArgumentException.class, () -> work.run(0));
    }
  }

  @Test
  void aLongThatNoDoubleHoldsIsRoundedOnce() {
    try (Workspace work = filled(1)) {
      work.set(0, I64, (1L << 53) + 1);
      work.run(1);
      assertEquals(0x1p53, work.number(SEEN, 0, 2));
    }
  }

  @Test
  void wrongUseIsNamed() {
    Workspace work = filled(1);
    assertThrows(IllegalArgumentException.class, () -> work.set(0, F64, "text"));
    assertThrows(IllegalArgumentException.class, () -> work.set(0, TEXT, 1.0));
    assertThrows(IllegalArgumentException.class, () -> work.set(0, F64, 1L));
    assertThrows(IndexOutOfBoundsException.class, () -> work.set(1, F64, 1.0));
    work.close();
    work.close();
    assertThrows(IllegalStateException.class, () -> work.run(1));
    assertThrows(IllegalArgumentException.class, () -> new Workspace(engine, 0));
  }

  @Test
  void aMatrixTakesEachFeatureInItsColumn() {
    try (Engine matrix = Models.engine("matrix");
        Workspace work = new Workspace(matrix, 2)) {
      work.set(0, 0, 3.5);
      work.set(0, 1, -1L);
      work.set(0, 2, Boolean.TRUE);
      work.set(1, 0, 0.0);
      work.set(1, 1, 1L);
      work.set(1, 2, (Boolean) null);
      work.run(2);
      assertArrayEquals(new float[] {-2f, 2f, 7f}, work.floats(0, 0));
      assertEquals(List.of("low", "h\u00f6ch"), work.labels(1, 0, String.class));
      assertEquals("missing: b", work.reason(1));
      assertArrayEquals(new float[] {Float.NaN, Float.NaN, Float.NaN}, work.floats(0, 1));
    }
  }
}
