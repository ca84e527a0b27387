// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/**
 * A tensor of a text step, [rows, terms]: as wide as the rows of the run ask for. Not thread-safe.
 */
final class TermInput extends Input {
  private final DataType type;
  private Cells cells;
  private int allocated;
  private int terms;
  private OnnxTensor tensor;

  TermInput(Contract.Input spec) {
    super(spec);
    this.type = spec.element();
  }

  /** Makes room for so many rows and terms; every cell must then be put. */
  void resize(int rows, int terms) {
    int needed = Math.multiplyExact(rows, terms);
    if (needed > allocated) {
      allocated = needed > Integer.MAX_VALUE / 2 ? needed : 2 * needed;
      cells = Cells.allocate(type, allocated);
    }
    this.terms = terms;
  }

  void put(int row, int term, long value) {
    cells.put(row * terms + term, value);
  }

  @Override
  OnnxTensor tensor(OrtEnvironment environment, int rows) throws OrtException {
    release();
    tensor = cells.tensor(environment, rows * terms, new long[] {rows, terms});
    return tensor;
  }

  @Override
  void release() {
    if (tensor != null) {
      tensor.close();
      tensor = null;
    }
  }

  @Override
  public void close() {
    release();
  }
}
