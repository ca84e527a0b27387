// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/** A float64 or float32 output, read from the memory that onnxruntime writes into. */
final class NumberOutput extends Output {
  private final SharedTensor shared;

  NumberOutput(Contract.Output spec, int capacity) {
    super(spec);
    this.shared = new SharedTensor(spec.dtype(), capacity, spec.width(), spec.scalar());
  }

  double get(int row, int column) {
    return shared.cells().getDouble(shared.index(row, column));
  }

  @Override
  OnnxTensor pinned(OrtEnvironment environment, int rows) throws OrtException {
    return shared.tensor(environment, rows);
  }

  @Override
  void read(OnnxTensor made, int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      if (!refusals.accepts(row)) {
        for (int column = 0; column < spec.width(); column++) {
          shared.cells().put(shared.index(row, column), Double.NaN);
        }
      }
    }
  }

  @Override
  public void close() {
    shared.close();
  }
}
