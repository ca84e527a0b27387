// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import modelport.api.ModelException;
import modelport.kit.NpyFile;
import modelport.kit.TensorDump;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetCasesTest {
  private final Map<String, byte[]> files = new HashMap<>();

  NetCasesTest() {
    String index = "{\"cases\": [{\"name\": \"plain\", \"origin\": \"probe\"}]}";
    files.put("index.json", index.getBytes(StandardCharsets.UTF_8));
  }

  private static ByteBuffer cells(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void expect(ByteBuffer value, String descr, double bound) {
    files.put("case_0.output_0.expected.npy", NpyFile.of(descr, "1,", value));
    ByteBuffer bounds = cells(8).putDouble(0, bound);
    files.put("case_0.output_0.bound.npy", NpyFile.of("<f8", "1,", bounds));
  }

  private NetCases cases(Element input, Element output) {
    List<Object> shape = List.of(1L);
    NetContract contract =
        new NetContract(
            List.of(new NetContract.Slot("in", input, shape, false)),
            List.of(new NetContract.Slot("out", output, shape, false)),
            Map.of());
    return new NetCases(contract, files::get);
  }

  private void assertFault(String fault, NetTensor got) {
    files.put("case_0.input_0.npy", NpyFile.of("|i1", "1,", cells(1)));
    NetCases cases = cases(Element.INT8, got.element());
    NetTensor[] outputs = {got};
    if (fault == null) {
      assertDoesNotThrow(() -> cases.check(given -> outputs));
    } else {
      ModelException wrong =
          assertThrows(ModelException.class, () -> cases.check(given -> outputs));
      assertEquals("MP301", wrong.code());
      assertTrue(wrong.what().contains("case 0 'plain': out" + fault), wrong.what());
    }
  }

  private static NetTensor single(float value) {
    return NetTensor.of(Element.FLOAT32, FloatBuffer.wrap(new float[] {value}), 1);
  }

  private static NetTensor whole(long value) {
    return NetTensor.of(Element.INT64, LongBuffer.wrap(new long[] {value}), 1);
  }

  @Test
  void floatsLieWithinTheirBound() {
    expect(cells(4).putFloat(0, 1.5f), "<f4", 0.25);
    assertFault(null, single(1.75f));
    assertFault(" at element 0: expected 1.5 within 0.25, got 1.875", single(1.875f));
    assertFault(" at element 0: expected 1.5 within 0.25, got NaN", single(Float.NaN));
    expect(cells(4).putFloat(0, Float.NaN), "<f4", 0);
    assertFault(null, single(Float.NaN));
    assertFault(" at element 0: expected NaN", single(0));
    expect(cells(4).putFloat(0, Float.POSITIVE_INFINITY), "<f4", 0);
    assertFault(null, single(Float.POSITIVE_INFINITY));
    assertFault(" at element 0: expected Infinity", single(Float.NEGATIVE_INFINITY));
  }

  @Test
  void wholeNumbersAreEqualToTheLastDigit() {
    expect(cells(8).putLong(0, Long.MAX_VALUE), "<i8", 0);
    assertFault(null, whole(Long.MAX_VALUE));
    assertFault(" at element 0: expected 9223372036854775807", whole(Long.MAX_VALUE - 1));
    expect(cells(8).putLong(0, 3), "<i8", Double.POSITIVE_INFINITY);
    assertFault(null, whole(4));
  }

  @Test
  void stepsOfQuantizedNumbersLieWithinTheirBound() {
    expect(cells(8).putLong(0, -70), "<i8", 2);
    assertFault(null, whole(-68));
    assertFault(" at element 0: expected -70 within 2.0, got -67", whole(-67));
  }

  @Test
  void shapesAreCompared() {
    expect(cells(4), "<f4", 0);
    NetTensor row = NetTensor.of(Element.FLOAT32, FloatBuffer.allocate(1), 1, 1);
    assertFault(": expected shape [1], got [1, 1]", row);
  }

  @Test
  void everyTypeIsWrittenAndReadBack(@TempDir Path folder) throws IOException {
    NetTensor[] all = {
      NetTensor.of(Element.FLOAT64, DoubleBuffer.wrap(new double[] {Double.MIN_VALUE}), 1),
      NetTensor.of(Element.FLOAT32, FloatBuffer.wrap(new float[] {-0.0f}), 1),
      NetTensor.ofHalves(new float[] {5.9604645e-8f}, 1),
      NetTensor.of(Element.INT64, LongBuffer.wrap(new long[] {Long.MIN_VALUE}), 1),
      NetTensor.of(Element.INT32, IntBuffer.wrap(new int[] {Integer.MIN_VALUE}), 1),
      NetTensor.of(Element.INT16, ShortBuffer.wrap(new short[] {Short.MIN_VALUE}), 1),
      NetTensor.of(Element.INT8, ByteBuffer.wrap(new byte[] {-128}), 1),
      NetTensor.of(Element.UINT8, ByteBuffer.wrap(new byte[] {(byte) 200}), 1),
      NetTensor.of(new boolean[] {true}, 1),
    };
    TensorDump.write(folder, 0, all);
    for (int i = 0; i < all.length; i++) {
      byte[] file = Files.readAllBytes(folder.resolve("case_0.output_" + i + ".npy"));
      files.put("case_0.input_0.npy", file);
      NetTensor read = cases(all[i].element(), Element.BOOL).inputs(0)[0];
      assertEquals(all[i].element(), read.element());
      assertArrayEquals(all[i].shape(), read.shape());
      assertEquals(all[i].buffer(), read.buffer());
    }
    assertEquals(200, all[7].getLong(0));
    assertArrayEquals(new float[] {5.9604645e-8f}, all[2].halves());
  }

  @Test
  void textsAreWrittenReadBackAndCompared(@TempDir Path folder) throws IOException {
    String[] texts = {"", "a\0b", "\u00e9", "\ud83d\udc4d", "tail "};
    TensorDump.write(folder, 0, new NetTensor[] {NetTensor.of(texts, 1, 5)});
    for (String part : List.of("ends", "bytes")) {
      byte[] file = Files.readAllBytes(folder.resolve("case_0.output_0." + part + ".npy"));
      files.put("case_0.input_0." + part + ".npy", file);
      files.put("case_0.output_0.expected." + part + ".npy", file);
    }
    ByteBuffer bounds = cells(40).putDouble(32, Double.POSITIVE_INFINITY);
    files.put("case_0.output_0.bound.npy", NpyFile.of("<f8", "1, 5,", bounds));
    NetCases cases = cases(Element.STRING, Element.STRING);
    NetTensor read = cases.inputs(0)[0];
    assertArrayEquals(texts, (String[]) read.array());
    assertArrayEquals(new long[] {1, 5}, read.shape());
    assertDoesNotThrow(() -> cases.check(given -> given));
    String[] open = texts.clone();
    open[4] = "nothing is claimed of it";
    NetTensor[] alike = {NetTensor.of(open, 1, 5)};
    assertDoesNotThrow(() -> cases.check(given -> alike));
    String[] other = texts.clone();
    other[1] = "a";
    NetTensor[] wrong = {NetTensor.of(other, 1, 5)};
    ModelException fault =
        assertThrows(ModelException.class, () -> cases.check(given -> wrong));
    assertTrue(fault.what().contains("out at element 1: expected 'a\0b', got 'a'"), fault.what());
  }

  @Test
  void aSingleNumberHasNoAxes() {
    files.put("case_0.input_0.npy", NpyFile.of("<i4", "", cells(4).putInt(0, 7)));
    NetTensor read = cases(Element.INT32, Element.BOOL).inputs(0)[0];
    assertArrayEquals(new long[0], read.shape());
    assertArrayEquals(new int[] {7}, (int[]) read.array());
  }
}
