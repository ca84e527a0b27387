// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;
import modelport.api.Status;

/**
 * An int64 feature. A double does not hold every long, so the values stay longs until the tensor
 * asks for its type.
 */
final class IntegerColumn extends Column {
  private final NumberInput input;
  private final NumberRule rule;
  private final long[] values;
  private final boolean[] missing;

  IntegerColumn(Contract.Feature feature, int index, NumberInput input, int capacity) {
    super(feature, index);
    this.input = input;
    this.rule = new NumberRule(feature);
    this.values = new long[capacity];
    this.missing = new boolean[capacity];
    Arrays.fill(missing, true);
  }

  @Override
  void set(int row, long value) {
    values[row] = value;
    missing[row] = false;
  }

  @Override
  void setMissing(int row) {
    missing[row] = true;
  }

  @Override
  void check(int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      if (refusals.accepts(row)) {
        Status status = rule.judge(missing[row] ? Double.NaN : values[row]);
        if (status != Status.OK) {
          refuse(refusals, row, status);
        }
      }
    }
  }

  @Override
  void write(int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      if (!refusals.accepts(row)) {
        input.put(row, feature.column(), 0L);
      } else if (missing[row]) {
        input.put(row, feature.column(), Double.NaN);
      } else {
        input.put(row, feature.column(), values[row]);
      }
    }
  }
}
