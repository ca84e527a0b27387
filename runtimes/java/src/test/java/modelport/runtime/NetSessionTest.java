// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.Buffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import modelport.api.ModelException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** y = x where the mask is set, else 0; hidden = not mask; next = step + 1. */
class NetSessionTest {
  private static final NetContract CONTRACT =
      NetContract.read(Resources.read(Models.class, "net.json"));
  private static NetSession session;

  @BeforeAll
  static void load() {
    session = open();
  }

  @AfterAll
  static void close() {
    session.close();
  }

  private static NetSession open() {
    byte[] model = Resources.read(Models.class, "net.onnx");
    return new NetSession(CONTRACT, Models.SETTINGS, model, "net.onnx");
  }

  private static NetTensor floats(Buffer data, long... shape) {
    return NetTensor.of(Element.FLOAT32, data, shape);
  }

  private static NetTensor[] given(NetTensor x, boolean... mask) {
    return new NetTensor[] {
      x,
      NetTensor.of(mask, mask.length),
      NetTensor.of(Element.INT64, LongBuffer.wrap(new long[] {Long.MAX_VALUE - 1}))
    };
  }

  private static NetTensor[] two(float... x) {
    return given(floats(FloatBuffer.wrap(x), x.length / 2, 2), true, false);
  }

  private static void assertRefused(String code, String what, NetTensor... inputs) {
    ModelException refusal = assertThrows(ModelException.class, () -> session.run(inputs));
    assertEquals(code, refusal.code());
    assertEquals(what, refusal.what());
    ModelException again = assertThrows(ModelException.class, () -> session.rerun(inputs, null));
    assertEquals(refusal.getMessage(), again.getMessage());
  }

  private static void assertAnswers(float[] y, NetTensor[] outputs) {
    assertArrayEquals(y, (float[]) outputs[0].array());
    assertArrayEquals(new long[] {2, 2}, outputs[0].shape());
    assertArrayEquals(new boolean[] {false, true}, outputs[1].booleans());
    assertArrayEquals(new long[] {Long.MAX_VALUE}, (long[]) outputs[2].array());
    assertArrayEquals(new long[0], outputs[2].shape());
  }

  @Test
  void everyTypeIsCarried() {
    assertAnswers(new float[] {1, 2, 0, 0}, session.run(two(1, 2, 3, 4)));
  }

  @Test
  void buffersAreReadFromPositionToLimitInTheirOrder() {
    for (ByteOrder order : new ByteOrder[] {ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN}) {
      FloatBuffer direct = ByteBuffer.allocateDirect(24).order(order).asFloatBuffer();
      direct.put(new float[] {9, 1, 2, 3, 4, 9}).position(1).limit(5);
      assertAnswers(
          new float[] {1, 2, 0, 0}, session.run(given(floats(direct, 2, 2), true, false)));
      assertEquals(1, direct.position());
      FloatBuffer heap = ByteBuffer.allocate(24).order(order).asFloatBuffer();
      heap.put(new float[] {9, 1, 2, 3, 4, 9}).position(1).limit(5);
      NetTensor readOnly = floats(heap.asReadOnlyBuffer(), 2, 2);
      assertAnswers(new float[] {1, 2, 0, 0}, session.run(given(readOnly, true, false)));
    }
  }

  @Test
  void memoryIsUsedAgainWhereShapesAreEqual() {
    NetTensor[] first = session.rerun(two(1, 2, 3, 4), null);
    assertAnswers(new float[] {1, 2, 0, 0}, first);
    NetTensor[] second = session.rerun(two(5, 6, 7, 8), first);
    assertSame(first[0], second[0]);
    assertAnswers(new float[] {5, 6, 0, 0}, second);
    NetTensor[] single = session.rerun(given(floats(FloatBuffer.allocate(2), 1, 2), true), second);
    assertNotSame(second[0], single[0]);
    assertSame(second[2], single[2]);
    NetTensor[] own = session.run(two(1, 2, 3, 4));
    assertAnswers(new float[] {5, 6, 0, 0}, session.rerun(two(5, 6, 7, 8), own));
  }

  @Test
  void anOutputCanBeTheNextInput() {
    NetTensor[] first = session.rerun(two(1, 2, 3, 4), null);
    NetTensor fed = floats(first[0].buffer(), 2, 2);
    assertAnswers(new float[] {1, 2, 0, 0}, session.rerun(given(fed, true, false), first));
  }

  @Test
  void anEmptyBatchIsEmpty() {
    NetTensor[] inputs = given(floats(FloatBuffer.allocate(0), 0, 2));
    NetTensor[] outputs = session.run(inputs);
    assertArrayEquals(new long[] {0, 2}, outputs[0].shape());
    assertEquals(0, ((float[]) outputs[0].array()).length);
    assertArrayEquals(new long[] {0}, session.rerun(inputs, outputs)[1].shape());
  }

  @Test
  void missingInputsAreNamed() {
    NetTensor[] one = {null, NetTensor.of(new boolean[1], 1), null};
    assertRefused("MP201", "2 input(s) missing: 'x', 'step'", one);
  }

  @Test
  void shapesMustFit() {
    FloatBuffer four = FloatBuffer.allocate(4);
    assertRefused(
        "MP205", "'x' has shape [4], the model takes [batch, 2]", given(floats(four, 4), true));
    assertRefused(
        "MP205",
        "'x' has shape [1, 4], the model takes [batch, 2]",
        given(floats(four, 1, 4), true));
    assertRefused(
        "MP205",
        "'x' has shape [-2, 2], the model takes [batch, 2]",
        given(floats(four, -2, 2), true));
    assertRefused(
        "MP205",
        "'x' has 4 elements, its shape [3, 2] asks for 6",
        given(floats(four, 3, 2), true, true, true));
    assertRefused(
        "MP205",
        "'x' has 4 elements, its shape [" + Long.MAX_VALUE + ", 2] asks for " + Long.MAX_VALUE,
        given(floats(four, Long.MAX_VALUE, 2), true));
  }

  @Test
  void lengthsMustFit() {
    NetTensor two = floats(FloatBuffer.allocate(4), 2, 2);
    assertRefused("MP205", "'mask' has batch 1, 'x' has 2", given(two, true));
    assertRefused(
        "MP205",
        "'x' has batch 5, the model takes 0 to 4",
        given(floats(FloatBuffer.allocate(10), 5, 2), true, true, true, true, true));
  }

  @Test
  void valuesMustFit() {
    String what = "'x' holds a NaN or an infinity, which the model does not take";
    assertRefused("MP205", what, two(1, 2, 3, Float.NaN));
    assertRefused("MP205", what, two(Float.NEGATIVE_INFINITY, 2, 3, 4));
    NetTensor[] odd = two(1, 2, 3, 4);
    odd[1] = NetTensor.of(Element.BOOL, ByteBuffer.wrap(new byte[] {0, 2}), 2);
    assertRefused("MP205", "'mask' holds a byte that is no truth value", odd);
  }

  @Test
  void aBufferOfAnotherTypeIsNoTensor() {
    assertThrows(
        IllegalArgumentException.class,
        () -> NetTensor.of(Element.INT64, FloatBuffer.allocate(1), 1));
  }

  @Test
  void aClosedNetRefuses() {
    NetSession closed = open();
    closed.close();
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.run(two(1, 2, 3, 4)));
  }

  @Test
  void aContractOfRowsIsNone() {
    byte[] rows = Resources.read(Models.class, "types.json");
    String message =
        assertThrows(IllegalArgumentException.class, () -> NetContract.read(rows)).getMessage();
    assertTrue(message.contains("layout columns"), message);
  }
}
