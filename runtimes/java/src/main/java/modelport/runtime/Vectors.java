// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import modelport.api.Status;

/**
 * Input rows with the answers of the original model, as the bundle's {@code vectors/} holds them.
 * Immutable and thread-safe.
 */
public final class Vectors {
  private final Contract contract;
  private final List<Values> inputs = new ArrayList<>();
  private final List<Expected> outputs = new ArrayList<>();
  private final Npy status;
  private final Npy statusFeature;

  /** The values of a feature: numbers, or UTF-8 with offsets. */
  private record Values(Npy values, Npy offsets, Npy valid) {}

  /** What an output must be: numbers with bounds, or class indices with all that are accepted. */
  private record Expected(Npy expected, Npy slack) {}

  /**
   * Reads vectors.
   *
   * @param contract the contract of the same bundle
   * @param read gives the bytes of a file of the folder by its name
   * @return the vectors
   */
  public static Vectors read(Contract contract, Function<String, byte[]> read) {
    return new Vectors(contract, name -> Npy.parse(read.apply(name), name));
  }

  private Vectors(Contract contract, Function<String, Npy> file) {
    this.contract = contract;
    for (int i = 0; i < contract.features().size(); i++) {
      String prefix = "input_" + i;
      Npy valid = file.apply(prefix + ".valid.npy");
      boolean text = contract.features().get(i).dtype() == DataType.STRING;
      inputs.add(
          text
              ? new Values(
                  file.apply(prefix + ".bytes.npy"), file.apply(prefix + ".offsets.npy"), valid)
              : new Values(file.apply(prefix + ".values.npy"), null, valid));
    }
    for (Contract.Output output : contract.outputs()) {
      String prefix = "output_" + output.name();
      String slack = prefix + (output.label() ? ".accepted.npy" : ".bound.npy");
      outputs.add(new Expected(file.apply(prefix + ".expected.npy"), file.apply(slack)));
    }
    this.status = file.apply("status.npy");
    this.statusFeature = file.apply("status_feature.npy");
  }

  /** Returns the number of rows. */
  public int rows() {
    return status.rows();
  }

  /** Returns the values of a row. */
  public FeatureValues row(int row) {
    FeatureValues result = new FeatureValues(contract);
    for (int i = 0; i < inputs.size(); i++) {
      result.put(contract.features().get(i).name(), value(i, row));
    }
    return result;
  }

  private Object value(int feature, int row) {
    Values column = inputs.get(feature);
    if (!column.valid().getBoolean(row)) {
      return null;
    }
    return switch (contract.features().get(feature).dtype()) {
      case FLOAT64, FLOAT32 -> (Object) column.values().getDouble(row);
      case INT64 -> (Object) column.values().getLong(row);
      case BOOL -> (Object) column.values().getBoolean(row);
      case STRING -> {
        int from = (int) column.offsets().getLong(row);
        yield column.values().getText(from, (int) column.offsets().getLong(row + 1));
      }
    };
  }

  /** Returns what is wrong with an answer, null when it is right. */
  String fault(int row, Answer answer) {
    Status wanted = Status.ofCode((int) status.getLong(row));
    String reason = contract.reason(wanted, (int) statusFeature.getLong(row));
    if (answer.status() != wanted || !answer.reason().equals(reason)) {
      return "expected " + reason + ", got " + answer.reason();
    }
    for (int i = 0; i < outputs.size(); i++) {
      Contract.Output spec = contract.outputs().get(i);
      for (int column = 0; column < spec.width(); column++) {
        Object output = answer.outputs().get(i);
        String fault =
            spec.label() ? labelFault(i, row, column, output) : numberFault(i, row, column, output);
        if (fault != null) {
          return spec.name() + (spec.scalar() ? "" : "[" + column + "]") + ": " + fault;
        }
      }
    }
    return null;
  }

  private String labelFault(int index, int row, int column, Object output) {
    Contract.Output spec = contract.outputs().get(index);
    Npy accepted = outputs.get(index).slack();
    int cell = row * spec.width() + column;
    int got = Answer.classIndex(output, spec, column);
    long wanted = outputs.get(index).expected().getLong(cell);
    int classes = spec.classes().size();
    boolean right = wanted < 0 ? got < 0 : got >= 0 && accepted.getBoolean(cell * classes + got);
    return right ? null : "expected " + name(spec, (int) wanted) + ", got " + name(spec, got);
  }

  private static Object name(Contract.Output spec, int index) {
    return index < 0 ? "no label" : spec.classes().get(index);
  }

  private String numberFault(int index, int row, int column, Object output) {
    int cell = row * contract.outputs().get(index).width() + column;
    double wanted = outputs.get(index).expected().getDouble(cell);
    double bound = outputs.get(index).slack().getDouble(cell);
    double got = Answer.number(output, column);
    boolean right =
        got == wanted
            || Double.isNaN(got) && Double.isNaN(wanted)
            || Double.isInfinite(bound)
            || Math.abs(got - wanted) <= bound;
    return right ? null : "expected " + wanted + " within " + bound + ", got " + got;
  }
}
