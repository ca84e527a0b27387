// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxJavaType;

/** The element types that cross the border between a caller and a graph. */
public enum DataType {
  FLOAT64(OnnxJavaType.DOUBLE),
  FLOAT32(OnnxJavaType.FLOAT),
  INT64(OnnxJavaType.INT64),
  BOOL(OnnxJavaType.BOOL),
  STRING(OnnxJavaType.STRING);

  private final OnnxJavaType tensorType;

  DataType(OnnxJavaType tensorType) {
    this.tensorType = tensorType;
  }

  OnnxJavaType tensorType() {
    return tensorType;
  }

  /** Reads both spellings of a contract: dtype ('float64') and tensor element ('double'). */
  static DataType parse(String name) {
    return switch (name) {
      case "float64", "double" -> FLOAT64;
      case "float32", "float" -> FLOAT32;
      case "int64" -> INT64;
      case "bool" -> BOOL;
      case "string" -> STRING;
      default -> throw new IllegalArgumentException("unknown element type '" + name + "'");
    };
  }
}
