// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.Arrays;

/** A string input tensor. onnxruntime copies strings, so each run makes its own tensor. */
final class TextInput extends Input {
  private final String[] cells;
  private TextTensor tensor;

  TextInput(Contract.Input spec, int capacity) {
    super(spec);
    this.cells = new String[Math.multiplyExact(capacity, spec.width())];
  }

  void put(int row, int column, String value) {
    cells[row * width + column] = value;
  }

  @Override
  OnnxTensor tensor(OrtEnvironment environment, int rows) throws OrtException {
    release();
    int count = rows * width;
    String[] texts = count == cells.length ? cells : Arrays.copyOf(cells, count);
    tensor = TextTensor.create(environment, texts, new long[] {rows, width});
    return tensor.tensor();
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
