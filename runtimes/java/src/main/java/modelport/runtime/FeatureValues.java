// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import modelport.api.CategoryValue;

/**
 * The values of one row by feature: Double, Float, Long, Boolean or String, null where missing. Not
 * thread-safe; one that is no longer changed is.
 */
public final class FeatureValues {
  private final Contract contract;
  private final Object[] values;
  private final boolean[] given;

  /** Creates a row in which no value was given. */
  public FeatureValues(Contract contract) {
    this(contract, new Object[contract.features().size()], new boolean[contract.features().size()]);
  }

  private FeatureValues(Contract contract, Object[] values, boolean[] given) {
    this.contract = contract;
    this.values = values;
    this.given = given;
  }

  /** Returns a copy that later changes of this one do not reach. */
  public FeatureValues copy() {
    return new FeatureValues(contract, values.clone(), given.clone());
  }

  /** Gives a float64 value; NaN says that it is missing. */
  public void put(int feature, double value) {
    give(feature, value);
  }

  /** Gives a float32 value; NaN says that it is missing. */
  public void put(int feature, float value) {
    give(feature, value);
  }

  /** Gives an int64 value. */
  public void put(int feature, long value) {
    give(feature, value);
  }

  /** Gives an int64 value; null says that it is missing. */
  public void put(int feature, Long value) {
    give(feature, value);
  }

  /** Gives a bool value; null says that it is missing. */
  public void put(int feature, Boolean value) {
    give(feature, value);
  }

  /** Gives a text; null says that it is missing. */
  public void put(int feature, String value) {
    give(feature, value);
  }

  /** Gives a category; null says that it is missing. */
  public void put(int feature, CategoryValue value) {
    give(feature, value == null ? null : value.wire());
  }

  /**
   * Gives a value by the feature's name, as it comes from a map or a message.
   *
   * @param name the feature
   * @param value a Number for a numeric feature, a Boolean, a text or a category; null says that it
   *     is missing
   * @throws IllegalArgumentException if there is no such feature, or it takes no such value
   */
  public void put(String name, Object value) {
    int feature = contract.featureIndex(name);
    if (feature < 0) {
      throw new IllegalArgumentException(
          "the model has no feature '" + name + "'; it has " + contract.featureNames());
    }
    Object converted = value == null ? null : converted(type(feature), value);
    if (value != null && converted == null) {
      throw new IllegalArgumentException(
          name
              + " is a feature of type "
              + type(feature)
              + " and takes no "
              + value.getClass().getSimpleName()
              + " "
              + value);
    }
    give(feature, converted);
  }

  /** Returns the value in the feature's type, or null when it has no place there. */
  private static Object converted(DataType type, Object value) {
    return switch (type) {
      case FLOAT64 -> value instanceof Number number ? (Object) number.doubleValue() : null;
      case FLOAT32 -> value instanceof Number number ? (Object) number.floatValue() : null;
      case INT64 ->
          value instanceof Number number && number.doubleValue() == number.longValue()
              ? (Object) number.longValue()
              : null;
      case BOOL -> value instanceof Boolean ? value : null;
      case STRING ->
          value instanceof CategoryValue category
              ? category.wire()
              : value instanceof String ? value : null;
    };
  }

  // One spelling of missing, so that equal rows are equal.
  private void give(int feature, Object value) {
    boolean missing =
        value instanceof Double number && number.isNaN()
            || value instanceof Float single && single.isNaN()
            || contract.missingString().equals(value);
    values[feature] = missing ? null : value;
    given[feature] = true;
  }

  /**
   * Checks that every feature that must have a value was given one, be it missing on purpose.
   *
   * @throws IllegalStateException if some were not; it names them all
   */
  public void requireAll() {
    List<String> forgotten = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      if (!given[i] && !contract.features().get(i).missingAccepted()) {
        forgotten.add(contract.features().get(i).name());
      }
    }
    if (!forgotten.isEmpty()) {
      throw new IllegalStateException("features never set: " + String.join(", ", forgotten));
    }
  }

  /** Returns a float64 value, NaN where missing. */
  public double getDouble(int feature) {
    return values[feature] == null ? Double.NaN : (Double) values[feature];
  }

  /** Returns a float32 value, NaN where missing. */
  public float getFloat(int feature) {
    return values[feature] == null ? Float.NaN : (Float) values[feature];
  }

  /** Returns an int64 value, null where missing. */
  public Long getLong(int feature) {
    return (Long) values[feature];
  }

  /** Returns a bool value, null where missing. */
  public Boolean getBoolean(int feature) {
    return (Boolean) values[feature];
  }

  /** Returns a text or the text of a category, null where missing. */
  public String getText(int feature) {
    return (String) values[feature];
  }

  /** Writes the row into a workspace. */
  public void write(Workspace workspace, int row) {
    for (int i = 0; i < values.length; i++) {
      switch (type(i)) {
        case FLOAT64 -> workspace.set(row, i, getDouble(i));
        case FLOAT32 -> workspace.set(row, i, (double) getFloat(i));
        case INT64 -> workspace.set(row, i, getLong(i));
        case BOOL -> workspace.set(row, i, getBoolean(i));
        case STRING -> workspace.set(row, i, getText(i));
      }
    }
  }

  private DataType type(int feature) {
    return contract.features().get(feature).dtype();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FeatureValues that && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(values);
  }

  /** Returns the given values by name. */
  @Override
  public String toString() {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      parts.add(contract.features().get(i).name() + "=" + values[i]);
    }
    return String.join(", ", parts);
  }
}
