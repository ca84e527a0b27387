// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads one .npy 1.0 file in C order with elements f8, f4, f2, i8, i4, i2, i1, u1 or b1. Immutable
 * and thread-safe.
 */
final class Npy {
  private static final Pattern DESCR = Pattern.compile("'descr': '[<|](f8|f4|f2|i8|i4|i2|i1|u1|b1)'");
  private static final Pattern SHAPE = Pattern.compile("'shape': \\(([0-9, ]*)\\)");

  private final String type;
  private final int[] shape;
  private final ByteBuffer data;

  private Npy(String type, int[] shape, ByteBuffer data) {
    this.type = type;
    this.shape = shape;
    this.data = data;
  }

  /** Parses a file; IllegalArgumentException names what is wrong with it. */
  static Npy parse(byte[] file, String name) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < 10 || file[0] != (byte) 0x93 || file[6] != 1) {
      throw new IllegalArgumentException(name + " is no .npy file of version 1.0");
    }
    int headerEnd = 10 + Short.toUnsignedInt(bytes.getShort(8));
    String header = new String(file, 10, headerEnd - 10, StandardCharsets.ISO_8859_1);
    Matcher descr = DESCR.matcher(header);
    Matcher dimensions = SHAPE.matcher(header);
    if (!descr.find() || !dimensions.find() || header.contains("'fortran_order': True")) {
      throw new IllegalArgumentException(
          name + " has elements or an order that vectors do not use: " + header);
    }
    int[] shape =
        Pattern.compile("[0-9]+")
            .matcher(dimensions.group(1))
            .results()
            .mapToInt(m -> Integer.parseInt(m.group()))
            .toArray();
    ByteBuffer data = bytes.position(headerEnd).slice().order(ByteOrder.LITTLE_ENDIAN);
    return new Npy(descr.group(1), shape, data);
  }

  /** Returns the length of each axis, none for a single number. */
  long[] shape() {
    return Arrays.stream(shape).asLongStream().toArray();
  }

  /** Returns the number of elements. */
  int elements() {
    int count = 1;
    for (int length : shape) {
      count = Math.multiplyExact(count, length);
    }
    return count;
  }

  /** Returns the number of rows. */
  int rows() {
    return shape[0];
  }

  /** Returns the number of elements of a row. */
  int width() {
    int width = 1;
    for (int i = 1; i < shape.length; i++) {
      width *= shape[i];
    }
    return width;
  }

  double getDouble(int index) {
    return switch (type) {
      case "f8" -> data.getDouble(index * Double.BYTES);
      case "f2" -> Fp16Conversions.fp16ToFloat(data.getShort(index * Short.BYTES));
      case "f4" -> data.getFloat(index * Float.BYTES);
      default -> getLong(index);
    };
  }

  long getLong(int index) {
    return switch (type) {
      case "i8" -> data.getLong(index * Long.BYTES);
      case "i4" -> data.getInt(index * Integer.BYTES);
      case "i2" -> data.getShort(index * Short.BYTES);
      case "i1" -> data.get(index);
      case "u1", "b1" -> Byte.toUnsignedLong(data.get(index));
      default -> throw new IllegalStateException("no whole numbers in an array of " + type);
    };
  }

  boolean getBoolean(int index) {
    return getLong(index) != 0;
  }

  /** Returns UTF-8 bytes as text. */
  String getText(int from, int to) {
    byte[] bytes = new byte[to - from];
    data.duplicate().position(from).get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
