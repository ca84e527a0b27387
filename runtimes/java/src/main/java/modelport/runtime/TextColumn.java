// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Set;
import modelport.api.Status;

/**
 * A string feature, which goes into a tensor or is only read by text steps. Null and the contract's missing string say that it is missing; every text
 * outside the categories enters the graph as the contract's unknown string, as it does from a
 * generated enum.
 */
final class TextColumn extends Column {
  private final TextInput input;
  private final String[] values;
  private final Set<String> categories;
  private final String missing;
  private final String unknown;

  TextColumn(Contract contract, int index, TextInput input, int capacity) {
    super(contract.features().get(index), index);
    this.input = input;
    this.values = new String[capacity];
    this.categories = feature.categories();
    this.missing = contract.missingString();
    this.unknown = contract.unknownString();
  }

  @Override
  void set(int row, String value) {
    values[row] = value;
  }

  @Override
  void setMissing(int row) {
    values[row] = null;
  }

  @Override
  void check(int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      if (refusals.accepts(row)) {
        Status status = judge(values[row]);
        if (status != Status.OK) {
          refuse(refusals, row, status);
        }
      }
    }
  }

  private Status judge(String value) {
    if (value == null || value.equals(missing)) {
      return feature.missingAccepted() ? Status.OK : Status.MISSING;
    }
    if (categories == null) {
      return Texts.encodable(value) ? Status.OK : Status.INVALID;
    }
    return feature.unknownAccepted() || categories.contains(value)
        ? Status.OK
        : Status.UNKNOWN_CATEGORY;
  }

  @Override
  void write(int rows, Refusals refusals) {
    if (input == null) {
      return;
    }
    for (int row = 0; row < rows; row++) {
      input.put(row, feature.column(), refusals.accepts(row) ? graphText(values[row]) : "");
    }
  }

  /** Returns the text of a row, null when it is missing. */
  String present(int row) {
    return missing.equals(values[row]) ? null : values[row];
  }

  private String graphText(String value) {
    if (value == null) {
      return missing;
    }
    return categories == null || categories.contains(value) || value.equals(missing)
        ? value
        : unknown;
  }
}
