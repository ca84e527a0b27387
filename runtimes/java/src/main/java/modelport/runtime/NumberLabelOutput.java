// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.util.Arrays;
import java.util.List;

/** A label output of int64, bool or a floating type, looked up without making an object. */
final class NumberLabelOutput extends LabelOutput {
  private final SharedTensor shared;
  private final boolean floating;
  private final long[] sortedKeys;
  private final int[] sortedIndices;

  NumberLabelOutput(Contract.Output spec, int capacity) {
    super(spec, capacity);
    this.shared = new SharedTensor(spec.dtype(), capacity, spec.width(), spec.scalar());
    this.floating = spec.dtype() == DataType.FLOAT64 || spec.dtype() == DataType.FLOAT32;
    List<Object> classes = spec.classes();
    long[] keys = classes.stream().mapToLong(NumberLabelOutput::key).toArray();
    this.sortedKeys = keys.clone();
    Arrays.sort(sortedKeys);
    this.sortedIndices = new int[keys.length];
    for (int i = 0; i < keys.length; i++) {
      sortedIndices[Arrays.binarySearch(sortedKeys, keys[i])] = i;
    }
  }

  private static long key(Object label) {
    if (label instanceof Boolean flag) {
      return flag ? 1 : 0;
    }
    return label instanceof Double number ? key(number.doubleValue()) : (Long) label;
  }

  private static long key(double label) {
    return Double.doubleToLongBits(label + 0.0); // -0.0 + 0.0 is 0.0: one label, one key
  }

  @Override
  OnnxTensor pinned(OrtEnvironment environment, int rows) throws OrtException {
    return shared.tensor(environment, rows);
  }

  @Override
  void read(OnnxTensor made, int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < spec.width(); column++) {
        set(row, column, refusals.accepts(row) ? find(shared.index(row, column)) : -1);
      }
    }
  }

  private int find(int cell) {
    Cells cells = shared.cells();
    long key = floating ? key(cells.getDouble(cell)) : cells.getLong(cell);
    int found = Arrays.binarySearch(sortedKeys, key);
    if (found < 0) {
      throw notAClass(floating ? cells.getDouble(cell) : (Object) cells.getLong(cell));
    }
    return sortedIndices[found];
  }

  @Override
  public void close() {
    shared.close();
  }
}
