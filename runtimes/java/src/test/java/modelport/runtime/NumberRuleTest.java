// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import modelport.api.Status;
import org.junit.jupiter.api.Test;

class NumberRuleTest {
  private static final double INFINITY = Double.POSITIVE_INFINITY;

  private static NumberRule rule(
      boolean accepts, double maxAbs, List<Double> numbers, boolean unknownAccepted) {
    return rule(accepts, maxAbs, -INFINITY, INFINITY, numbers, unknownAccepted);
  }

  private static NumberRule rule(
      boolean accepts,
      double maxAbs,
      double least,
      double greatest,
      List<Double> numbers,
      boolean unknownAccepted) {
    return new NumberRule(
        new Contract.Feature(
            "x",
            DataType.FLOAT64,
            0,
            0,
            accepts,
            accepts,
            maxAbs,
            least,
            greatest,
            null,
            numbers,
            unknownAccepted));
  }

  @Test
  void acceptsWhatItMay() {
    NumberRule rule = rule(true, INFINITY, List.of(1.0), true);
    for (double value : new double[] {Double.NaN, INFINITY, -INFINITY, Double.MAX_VALUE, 7}) {
      assertEquals(Status.OK, rule.judge(value));
    }
  }

  @Test
  void namesTheFirstRuleThatIsBroken() {
    NumberRule rule = rule(false, 100, List.of(0.0, 50.0, 200.0), false);
    assertEquals(Status.MISSING, rule.judge(Double.NaN));
    assertEquals(Status.INFINITE, rule.judge(-INFINITY));
    assertEquals(Status.OUT_OF_RANGE, rule.judge(200));
    assertEquals(Status.UNKNOWN_CATEGORY, rule.judge(51));
    assertEquals(Status.OK, rule.judge(50));
    assertEquals(Status.OK, rule.judge(-0.0));
  }

  @Test
  void aRangeMayHaveOneEnd() {
    NumberRule positive = rule(true, 100, 0.0, INFINITY, null, true);
    assertEquals(Status.OK, positive.judge(0));
    assertEquals(Status.OK, positive.judge(-0.0));
    assertEquals(Status.OUT_OF_RANGE, positive.judge(-Double.MIN_VALUE));
    assertEquals(Status.OUT_OF_RANGE, positive.judge(101));
    assertEquals(Status.OK, positive.judge(-INFINITY));
    assertEquals(Status.OUT_OF_RANGE, rule(true, INFINITY, -1, 2, null, true).judge(2.5));
  }

  @Test
  void anInfinityIsNeverOutOfRange() {
    assertEquals(Status.UNKNOWN_CATEGORY, rule(true, 100, List.of(1.0), false).judge(INFINITY));
    assertEquals(Status.OK, rule(true, 100, List.of(INFINITY), false).judge(INFINITY));
  }
}
