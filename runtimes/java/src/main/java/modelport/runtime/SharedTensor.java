// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/**
 * Direct memory for a numeric tensor and the tensor over its first rows, which is remade only when
 * their number changes. Not thread-safe: onnxruntime reads and writes this memory during a run.
 */
final class SharedTensor implements AutoCloseable {
  private final Cells cells;
  private final int width;
  private final boolean scalar;
  private OnnxTensor tensor;
  private int tensorRows;

  /** Allocates [capacity, width], or [capacity] when {@code scalar}. */
  SharedTensor(DataType type, int capacity, int width, boolean scalar) {
    this.cells = Cells.allocate(type, Math.multiplyExact(capacity, width));
    this.width = width;
    this.scalar = scalar;
  }

  Cells cells() {
    return cells;
  }

  int index(int row, int column) {
    return row * width + column;
  }

  OnnxTensor tensor(OrtEnvironment environment, int rows) throws OrtException {
    if (tensor == null || tensorRows != rows) {
      close();
      long[] shape = scalar ? new long[] {rows} : new long[] {rows, width};
      tensor = cells.tensor(environment, rows * width, shape);
      tensorRows = rows;
    }
    return tensor;
  }

  @Override
  public void close() {
    if (tensor != null) {
      tensor.close();
      tensor = null;
    }
  }
}
