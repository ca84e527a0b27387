// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import modelport.api.ModelException;

/** A label output, kept as indices into its classes; -1 is no label. Not thread-safe. */
abstract sealed class LabelOutput extends Output permits NumberLabelOutput, TextLabelOutput {
  private final int[] indices;

  LabelOutput(Contract.Output spec, int capacity) {
    super(spec);
    this.indices = new int[Math.multiplyExact(capacity, spec.width())];
  }

  final int get(int row, int column) {
    return indices[row * spec.width() + column];
  }

  final void set(int row, int column, int index) {
    indices[row * spec.width() + column] = index;
  }

  final ModelException notAClass(Object label) {
    return new ModelException(
        "MP301",
        "the model gave the label '" + label + "', which its contract does not list",
        "output " + spec.name(),
        "convert the model again, and report this with the bundle",
        null);
  }
}
