// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;

/** One input tensor of a workspace. Not thread-safe. */
abstract sealed class Input implements AutoCloseable permits NumberInput, TermInput, TextInput {
  final String name;
  final int width;

  Input(Contract.Input spec) {
    this.name = spec.name();
    this.width = spec.width();
  }

  /** Creates the input with memory for {@code capacity} rows. */
  static Input create(Contract.Input spec, int capacity) {
    if (spec.width() == Contract.ANY_WIDTH) {
      return new TermInput(spec);
    }
    return spec.element() == DataType.STRING
        ? new TextInput(spec, capacity)
        : new NumberInput(spec, capacity);
  }

  /**
   * Returns the tensor of the first {@code rows} rows, valid until {@link #release} or the next
   * call.
   */
  abstract OnnxTensor tensor(OrtEnvironment environment, int rows) throws OrtException;

  /** Frees what only the last run needed. */
  abstract void release();

  @Override
  public abstract void close();
}
