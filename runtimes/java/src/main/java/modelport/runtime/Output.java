// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/** One output tensor of a workspace. Not thread-safe. */
abstract sealed class Output implements AutoCloseable permits NumberOutput, LabelOutput {
  final Contract.Output spec;

  Output(Contract.Output spec) {
    this.spec = spec;
  }

  static Output create(Contract.Output spec, int capacity) {
    if (!spec.label()) {
      return new NumberOutput(spec, capacity);
    }
    return spec.dtype() == DataType.STRING
        ? new TextLabelOutput(spec, capacity)
        : new NumberLabelOutput(spec, capacity);
  }

  /**
   * Returns the tensor that the next run of {@code rows} rows writes into, or null when onnxruntime
   * has to make one, as it has for strings.
   */
  abstract OnnxTensor pinned(OrtEnvironment environment, int rows) throws OrtException;

  /**
   * Takes over what the run gave; a refused row gets NaN, or no label.
   *
   * @param made the tensor that onnxruntime made, null when it wrote into the pinned one
   */
  abstract void read(OnnxTensor made, int rows, Refusals refusals) throws OrtException;

  @Override
  public abstract void close();
}
