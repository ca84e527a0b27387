// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxJavaType;

/** The element types that tensors of a net can have here. */
public enum Element {
  /** {@code double}. */
  FLOAT64(OnnxJavaType.DOUBLE, Double.BYTES, "<f8"),
  /** {@code float}. */
  FLOAT32(OnnxJavaType.FLOAT, Float.BYTES, "<f4"),
  /** Half precision: {@code float} in arrays, its 16 bits as a short in buffers. */
  FLOAT16(OnnxJavaType.FLOAT16, Short.BYTES, "<f2"),
  /** {@code long}. */
  INT64(OnnxJavaType.INT64, Long.BYTES, "<i8"),
  /** {@code int}. */
  INT32(OnnxJavaType.INT32, Integer.BYTES, "<i4"),
  /** {@code short}. */
  INT16(OnnxJavaType.INT16, Short.BYTES, "<i2"),
  /** {@code byte}. */
  INT8(OnnxJavaType.INT8, Byte.BYTES, "|i1"),
  /** {@code byte} without a sign, 0 to 255. */
  UINT8(OnnxJavaType.UINT8, Byte.BYTES, "|u1"),
  /** {@code boolean}; in a buffer a byte that is 0 or 1. */
  BOOL(OnnxJavaType.BOOL, Byte.BYTES, "|b1"),
  /** {@code String}; in files UTF-8, and where each ends. */
  STRING(OnnxJavaType.STRING, 0, "");

  private final OnnxJavaType tensorType;
  private final int size;
  private final String descr;

  Element(OnnxJavaType tensorType, int size, String descr) {
    this.tensorType = tensorType;
    this.size = size;
    this.descr = descr;
  }

  OnnxJavaType tensorType() {
    return tensorType;
  }

  /** Returns whether there are fractions, NaN and infinities. */
  public boolean isFloating() {
    return this == FLOAT64 || this == FLOAT32 || this == FLOAT16;
  }

  /** Returns the bytes of an element; 0 for texts, which have none. */
  public int size() {
    return size;
  }

  /** Returns how a .npy file names the type; texts are stored in two files. */
  public String descr() {
    return descr;
  }

  /** Reads both spellings of a contract: dtype ('float64') and tensor element ('double'). */
  static Element parse(String name) {
    return switch (name) {
      case "float64", "double" -> FLOAT64;
      case "float32", "float" -> FLOAT32;
      case "float16" -> FLOAT16;
      case "int64" -> INT64;
      case "int32" -> INT32;
      case "int16" -> INT16;
      case "int8" -> INT8;
      case "uint8" -> UINT8;
      case "bool" -> BOOL;
      case "string" -> STRING;
      default -> throw new IllegalArgumentException("unknown element type '" + name + "'");
    };
  }
}
