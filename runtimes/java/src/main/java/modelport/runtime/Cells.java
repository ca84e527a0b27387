// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;

/**
 * The direct memory of one numeric tensor, shared with onnxruntime without copies. Not thread-safe.
 *
 * <p>Conversions are those of Java's casts: a long becomes the nearest double or float, a double
 * the nearest float.
 */
abstract sealed class Cells {
  /** Allocates zeroed memory for {@code count} elements of a numeric type. */
  static Cells allocate(DataType type, int count) {
    return switch (type) {
      case FLOAT64 -> new Doubles(direct(count, Double.BYTES).asDoubleBuffer());
      case FLOAT32 -> new Floats(direct(count, Float.BYTES).asFloatBuffer());
      case INT64 -> new Longs(direct(count, Long.BYTES).asLongBuffer());
      case BOOL -> new Booleans(direct(count, Byte.BYTES));
      case STRING -> throw new IllegalArgumentException("strings have no shared memory");
    };
  }

  private static ByteBuffer direct(int count, int size) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(count, size))
        .order(ByteOrder.nativeOrder());
  }

  abstract void put(int index, double value);

  abstract void put(int index, long value);

  abstract double getDouble(int index);

  abstract long getLong(int index);

  /** Returns a tensor over the first elements; it sees every later change of them. */
  abstract OnnxTensor tensor(OrtEnvironment environment, int count, long[] shape)
      throws OrtException;

  private static final class Doubles extends Cells {
    private final DoubleBuffer buffer;

    Doubles(DoubleBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    void put(int index, double value) {
      buffer.put(index, value);
    }

    @Override
    void put(int index, long value) {
      buffer.put(index, (double) value);
    }

    @Override
    double getDouble(int index) {
      return buffer.get(index);
    }

    @Override
    long getLong(int index) {
      return (long) buffer.get(index);
    }

    @Override
    OnnxTensor tensor(OrtEnvironment environment, int count, long[] shape) throws OrtException {
      return OnnxTensor.createTensor(environment, buffer.duplicate().limit(count), shape);
    }
  }

  private static final class Floats extends Cells {
    private final FloatBuffer buffer;

    Floats(FloatBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    void put(int index, double value) {
      buffer.put(index, (float) value);
    }

    @Override
    void put(int index, long value) {
      buffer.put(index, (float) value);
    }

    @Override
    double getDouble(int index) {
      return buffer.get(index);
    }

    @Override
    long getLong(int index) {
      return (long) buffer.get(index);
    }

    @Override
    OnnxTensor tensor(OrtEnvironment environment, int count, long[] shape) throws OrtException {
      return OnnxTensor.createTensor(environment, buffer.duplicate().limit(count), shape);
    }
  }

  private static final class Longs extends Cells {
    private final LongBuffer buffer;

    Longs(LongBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    void put(int index, double value) {
      buffer.put(index, (long) value);
    }

    @Override
    void put(int index, long value) {
      buffer.put(index, value);
    }

    @Override
    double getDouble(int index) {
      return (double) buffer.get(index);
    }

    @Override
    long getLong(int index) {
      return buffer.get(index);
    }

    @Override
    OnnxTensor tensor(OrtEnvironment environment, int count, long[] shape) throws OrtException {
      return OnnxTensor.createTensor(environment, buffer.duplicate().limit(count), shape);
    }
  }

  private static final class Booleans extends Cells {
    private final ByteBuffer buffer;

    Booleans(ByteBuffer buffer) {
      this.buffer = buffer;
    }

    @Override
    void put(int index, double value) {
      buffer.put(index, (byte) (value != 0 ? 1 : 0));
    }

    @Override
    void put(int index, long value) {
      buffer.put(index, (byte) (value != 0 ? 1 : 0));
    }

    @Override
    double getDouble(int index) {
      return buffer.get(index);
    }

    @Override
    long getLong(int index) {
      return buffer.get(index);
    }

    @Override
    OnnxTensor tensor(OrtEnvironment environment, int count, long[] shape) throws OrtException {
      ByteBuffer view = buffer.duplicate().order(ByteOrder.nativeOrder()).limit(count);
      return OnnxTensor.createTensor(environment, view, shape, OnnxJavaType.BOOL);
    }
  }
}
