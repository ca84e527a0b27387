// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;
import modelport.api.Status;

/**
 * A float64, float32 or bool feature; a double holds each of them exactly, and NaN says that it is
 * missing.
 */
final class NumberColumn extends Column {
  private final NumberInput input;
  private final NumberRule rule;
  private final double[] values;

  NumberColumn(Contract.Feature feature, int index, NumberInput input, int capacity) {
    super(feature, index);
    this.input = input;
    this.rule = new NumberRule(feature);
    this.values = new double[capacity];
    Arrays.fill(values, Double.NaN);
  }

  @Override
  void set(int row, double value) {
    values[row] = value;
  }

  @Override
  void setMissing(int row) {
    values[row] = Double.NaN;
  }

  @Override
  void check(int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      if (refusals.accepts(row)) {
        Status status = rule.judge(values[row]);
        if (status != Status.OK) {
          refuse(refusals, row, status);
        }
      }
    }
  }

  @Override
  void write(int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      input.put(row, feature.column(), refusals.accepts(row) ? values[row] : 0.0);
    }
  }
}
