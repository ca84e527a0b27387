// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import modelport.api.ModelException;
import modelport.api.Status;
import modelport.kit.AnswerDump;
import modelport.kit.NpyFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two rows of the matrix graph, the second refused. */
class ReplayTest {
  private final Contract contract = Models.contract("matrix");
  private final Map<String, byte[]> files = new HashMap<>();

  ReplayTest() {
    put("input_0.values.npy", "<f4", "2,", floats(3.5f, 1f));
    put("input_0.valid.npy", "|b1", "2,", bytes(1, 1));
    put("input_1.values.npy", "<i8", "2,", longs(-1, 1));
    put("input_1.valid.npy", "|b1", "2,", bytes(1, 1));
    put("input_2.values.npy", "|b1", "2,", bytes(1, 0));
    put("input_2.valid.npy", "|b1", "2,", bytes(1, 0));
    float nan = Float.NaN;
    put("output_transformed.expected.npy", "<f4", "2, 3", floats(-2f, 2f, 7f, nan, nan, nan));
    put("output_transformed.bound.npy", "<f4", "2, 3", floats(0, 0, 0, 0, 0, 0));
    put("output_label.expected.npy", "<i4", "2, 2", ints(0, 1, -1, -1));
    put("output_label.accepted.npy", "|b1", "2, 2, 2", bytes(1, 0, 0, 1, 0, 0, 0, 0));
    put("status.npy", "|u1", "2,", bytes(0, 1));
    put("status_feature.npy", "<i4", "2,", ints(-1, 2));
  }

  private Replay<FeatureValues, Answer> replay() {
    return new Replay<>(Vectors.read(contract, files::get), values -> values, answer -> answer);
  }

  private static List<Answer> predict(Engine engine, List<FeatureValues> rows) {
    List<Answer> answers = new ArrayList<>();
    try (Workspace work = new Workspace(engine, rows.size())) {
      for (int row = 0; row < rows.size(); row++) {
        rows.get(row).write(work, row);
      }
      work.run(rows.size());
      for (int row = 0; row < rows.size(); row++) {
        List<Object> outputs = List.of(work.floats(0, row), work.labels(1, row, String.class));
        answers.add(new Answer(work.status(row), work.reason(row), outputs));
      }
    }
    return answers;
  }

  @Test
  void rightAnswersPass() {
    try (Engine engine = Models.engine("matrix")) {
      for (int batch : new int[] {1, 2, 7}) {
        replay().check(replay().predict(rows -> predict(engine, rows), batch));
      }
    }
  }

  @Test
  void aWrongAnswerIsShownWithItsInputs() {
    Answer right =
        new Answer(Status.OK, "ok", List.of(new float[] {-2, 2, 7}, List.of("low", "h\u00f6ch")));
    Answer refused =
        new Answer(
            Status.MISSING,
            "missing: b",
            List.of(new float[] {Float.NaN, Float.NaN, Float.NaN}, List.of()));
    replay().check(List.of(right, refused));

    List<Object> number = List.of(new float[] {-2, 2, 7.5f}, List.of("low", "h\u00f6ch"));
    assertFault(
        new Answer(Status.OK, "ok", number),
        refused,
        "transformed[2]: expected 7.0 within 0.0, got 7.5");
    List<Object> label = List.of(new float[] {-2, 2, 7}, List.of("low", "low"));
    assertFault(
        new Answer(Status.OK, "ok", label), refused, "label[1]: expected h\u00f6ch, got low");
    assertFault(right, right, "row 1 {c=1.0, a=1, b=null}: expected missing: b, got ok");
    Answer leaked = new Answer(Status.MISSING, "missing: b", right.outputs());
    assertFault(right, leaked, "transformed[0]: expected NaN");
    ModelException failure =
        assertThrows(ModelException.class, () -> replay().check(List.of(right)));
    assertTrue(failure.getMessage().contains("no prediction"), failure.getMessage());
  }

  private void assertFault(Answer first, Answer second, String message) {
    ModelException failure =
        assertThrows(ModelException.class, () -> replay().check(List.of(first, second)));
    assertEquals("MP301", failure.code());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
  }

  @Test
  void dumpsAreWhatVectorsAre(@TempDir Path folder) {
    try (Engine engine = Models.engine("matrix")) {
      List<Answer> answers = replay().predict(rows -> predict(engine, rows), 2);
      new AnswerDump(contract, answers).write(folder);
    }
    assertDump(folder, "status.npy", "status.npy");
    assertDump(folder, "status_feature.npy", "status_feature.npy");
    assertDump(folder, "transformed.npy", "output_transformed.expected.npy");
    assertDump(folder, "label.npy", "output_label.expected.npy");
  }

  private void assertDump(Path folder, String dumped, String vector) {
    try {
      assertTrue(
          Arrays.equals(files.get(vector), Files.readAllBytes(folder.resolve(dumped))), dumped);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  void anArrayOfAnotherKindIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Npy.parse(new byte[20], "x.npy"));
    byte[] complex = NpyFile.of("<c16", "0,", ByteBuffer.allocate(0));
    assertThrows(IllegalArgumentException.class, () -> Npy.parse(complex, "x.npy"));
  }

  private void put(String name, String descr, String shape, ByteBuffer cells) {
    files.put(name, NpyFile.of(descr, shape, cells));
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer floats(float... values) {
    ByteBuffer result = buffer(values.length * Float.BYTES);
    for (float value : values) {
      result.putFloat(value);
    }
    return result;
  }

  private static ByteBuffer longs(long... values) {
    ByteBuffer result = buffer(values.length * Long.BYTES);
    for (long value : values) {
      result.putLong(value);
    }
    return result;
  }

  private static ByteBuffer ints(int... values) {
    ByteBuffer result = buffer(values.length * Integer.BYTES);
    for (int value : values) {
      result.putInt(value);
    }
    return result;
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer result = buffer(values.length);
    for (int value : values) {
      result.put((byte) value);
    }
    return result;
  }
}
