// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/** A numeric input tensor; columns write straight into the memory that onnxruntime reads. */
final class NumberInput extends Input {
  private final SharedTensor shared;

  NumberInput(Contract.Input spec, int capacity) {
    super(spec);
    this.shared = new SharedTensor(spec.element(), capacity, spec.width(), false);
  }

  void put(int row, int column, double value) {
    shared.cells().put(shared.index(row, column), value);
  }

  void put(int row, int column, long value) {
    shared.cells().put(shared.index(row, column), value);
  }

  @Override
  OnnxTensor tensor(OrtEnvironment environment, int rows) throws OrtException {
    return shared.tensor(environment, rows);
  }

  @Override
  void release() {}

  @Override
  public void close() {
    shared.close();
  }
}
