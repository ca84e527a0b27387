// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;
import modelport.api.Status;

/** Which rows of a workspace are refused, why, and because of which feature. Not thread-safe. */
final class Refusals {
  private final byte[] status;
  private final int[] feature;

  Refusals(int capacity) {
    this.status = new byte[capacity];
    this.feature = new int[capacity];
    clear(capacity);
  }

  void clear(int rows) {
    Arrays.fill(status, 0, rows, (byte) Status.OK.ordinal());
    Arrays.fill(feature, 0, rows, -1);
  }

  /** True when the row goes through the model. */
  boolean accepts(int row) {
    return status[row] == 0;
  }

  void refuse(int row, Status why, int because) {
    status[row] = (byte) why.ordinal();
    feature[row] = because;
  }

  Status status(int row) {
    return Status.ofCode(status[row]);
  }

  int feature(int row) {
    return feature[row];
  }
}
