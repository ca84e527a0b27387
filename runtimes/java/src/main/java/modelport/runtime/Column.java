// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import modelport.api.Status;

/**
 * One feature of a workspace: the caller's values, their check, and their way into the input
 * tensor. Values stay until they are set again, whatever a run does. Not thread-safe.
 */
abstract sealed class Column permits NumberColumn, IntegerColumn, TextColumn {
  final Contract.Feature feature;
  private final int index;

  Column(Contract.Feature feature, int index) {
    this.feature = feature;
    this.index = index;
  }

  /** Creates the column of feature {@code index}, every row missing; a text may have no input. */
  static Column create(Contract contract, int index, Input input, int capacity) {
    Contract.Feature feature = contract.features().get(index);
    return switch (feature.dtype()) {
      case FLOAT64, FLOAT32, BOOL ->
          new NumberColumn(feature, index, (NumberInput) input, capacity);
      case INT64 -> new IntegerColumn(feature, index, (NumberInput) input, capacity);
      case STRING -> new TextColumn(contract, index, (TextInput) input, capacity);
    };
  }

  void set(int row, double value) {
    throw wrongType("a number");
  }

  void set(int row, long value) {
    throw wrongType("a whole number");
  }

  void set(int row, String value) {
    throw wrongType("text");
  }

  abstract void setMissing(int row);

  /** Gives a status to each row that is still OK and whose value the model refuses. */
  abstract void check(int rows, Refusals refusals);

  /** Writes the rows into the input tensor; a refused row as a value that does no harm. */
  abstract void write(int rows, Refusals refusals);

  final void refuse(Refusals refusals, int row, Status status) {
    refusals.refuse(row, status, index);
  }

  private IllegalArgumentException wrongType(String given) {
    return new IllegalArgumentException(
        feature.name() + " is a feature of type " + feature.dtype() + " and takes no " + given);
  }
}
