// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.List;
import modelport.api.Status;

/**
 * A prediction without its types, for comparisons.
 *
 * @param status why there are outputs or none
 * @param reason what the row is told
 * @param outputs by output: a label or a list of labels, a Number or a double[] or float[]
 */
public record Answer(Status status, String reason, List<Object> outputs) {
  /** Returns the index of a label among the classes, -1 for none. */
  public static int classIndex(Object output, Contract.Output spec, int column) {
    if (output instanceof List<?> labels) {
      return labels.isEmpty() ? -1 : spec.classes().indexOf(labels.get(column));
    }
    return output == null ? -1 : spec.classes().indexOf(output);
  }

  /**
   * Returns the position of a label.
   *
   * @throws IllegalArgumentException if it is not among the classes
   */
  public static int position(List<?> classes, Object label) {
    int index = classes.indexOf(label);
    if (index < 0) {
      throw new IllegalArgumentException("there is no class '" + label + "'; there are " + classes);
    }
    return index;
  }

  /** Returns a number of an output. */
  public static double number(Object output, int column) {
    if (output instanceof double[] doubles) {
      return doubles[column];
    }
    if (output instanceof float[] floats) {
      return floats[column];
    }
    return ((Number) output).doubleValue();
  }
}
