// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;
import modelport.api.Status;

/** Which numbers a feature takes. Immutable and thread-safe. */
final class NumberRule {
  private final boolean missingAccepted;
  private final boolean infiniteAccepted;
  private final double least;
  private final double greatest;
  private final double[] known;

  NumberRule(Contract.Feature feature) {
    this.missingAccepted = feature.missingAccepted();
    this.infiniteAccepted = feature.infiniteAccepted();
    this.least = Math.max(-feature.maxAbs(), feature.least());
    this.greatest = Math.min(feature.maxAbs(), feature.greatest());
    boolean anyNumber = feature.numbers() == null || feature.unknownAccepted();
    this.known =
        anyNumber
            ? null
            : feature.numbers().stream().mapToDouble(NumberRule::oneZero).sorted().toArray();
  }

  /** Returns OK, or the first rule that the number breaks; NaN is a missing number. */
  Status judge(double value) {
    if (Double.isNaN(value)) {
      return missingAccepted ? Status.OK : Status.MISSING;
    }
    if (Double.isInfinite(value) && !infiniteAccepted) {
      return Status.INFINITE;
    }
    if ((value < least || value > greatest) && !Double.isInfinite(value)) {
      return Status.OUT_OF_RANGE;
    }
    if (known != null && Arrays.binarySearch(known, oneZero(value)) < 0) {
      return Status.UNKNOWN_CATEGORY;
    }
    return Status.OK;
  }

  // binarySearch tells the zeros apart, the original does not; -0.0 + 0.0 is 0.0.
  private static double oneZero(double value) {
    return value + 0.0;
  }
}
