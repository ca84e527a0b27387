// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import modelport.api.CategoryValue;
import modelport.api.Status;

/**
 * The buffers of a number of rows, from a caller's values to the outputs. After the first run it
 * makes no object of its own; onnxruntime makes a few, and strings are objects. Not thread-safe:
 * one thread at a time.
 */
public final class Workspace implements AutoCloseable {
  private final Engine engine;
  private final Contract contract;
  private final int capacity;
  private final Input[] inputs;
  private final Column[] columns;
  private final Terms[] terms;
  private final Output[] outputs;
  private final Refusals refusals;
  private final Map<String, OnnxTensorLike> inputTensors = new LinkedHashMap<>();
  private final Map<String, OnnxValue> pinnedOutputs = new LinkedHashMap<>();
  private final Set<String> madeOutputs = new LinkedHashSet<>();
  private boolean closed;

  /**
   * Allocates buffers; every feature of every row is missing until it is set.
   *
   * @param engine the model, which must outlive the runs but not the workspace
   * @param capacity the number of rows, at least 1
   * @throws IllegalArgumentException if capacity is less than 1
   */
  public Workspace(Engine engine, int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a workspace has at least 1 row, not " + capacity);
    }
    this.engine = engine;
    this.contract = engine.contract();
    this.capacity = capacity;
    this.refusals = new Refusals(capacity);
    this.inputs =
        contract.inputs().stream().map(spec -> Input.create(spec, capacity)).toArray(Input[]::new);
    this.columns = new Column[contract.features().size()];
    for (int i = 0; i < columns.length; i++) {
      int input = contract.features().get(i).input();
      columns[i] =
          Column.create(contract, i, input == Contract.NO_INPUT ? null : inputs[input], capacity);
    }
    this.terms =
        contract.texts().stream()
            .map(
                text ->
                    new Terms(
                        text.step(),
                        (TextColumn) columns[text.feature()],
                        (TermInput) inputs[text.ids()],
                        (TermInput) inputs[text.counts()],
                        capacity))
            .toArray(Terms[]::new);
    this.outputs =
        contract.outputs().stream()
            .map(spec -> Output.create(spec, capacity))
            .toArray(Output[]::new);
  }

  /** Returns the number of rows that fit. */
  public int capacity() {
    return capacity;
  }

  /** Sets a number; NaN says that it is missing. */
  public void set(int row, int feature, double value) {
    column(row, feature).set(row, value);
  }

  /** Sets a whole number. */
  public void set(int row, int feature, long value) {
    column(row, feature).set(row, value);
  }

  /** Sets a whole number; null says that it is missing. */
  public void set(int row, int feature, Long value) {
    if (value == null) {
      setMissing(row, feature);
    } else {
      set(row, feature, value.longValue());
    }
  }

  /** Sets a truth value; null says that it is missing. */
  public void set(int row, int feature, Boolean value) {
    set(row, feature, value == null ? Double.NaN : value ? 1.0 : 0.0);
  }

  /** Sets a text; null says that it is missing. */
  public void set(int row, int feature, String value) {
    column(row, feature).set(row, value);
  }

  /** Sets a category; null says that it is missing. */
  public void set(int row, int feature, CategoryValue value) {
    set(row, feature, value == null ? null : value.wire());
  }

  /** Makes a value missing, whatever its type. */
  public void setMissing(int row, int feature) {
    column(row, feature).setMissing(row);
  }

  /**
   * Predicts the first rows.
   *
   * @param rows how many, from 1 to the capacity; a changing number costs a few objects
   * @throws IllegalArgumentException if there are not so many rows
   * @throws IllegalStateException if the model or this workspace is closed
   * @throws modelport.api.ModelException if onnxruntime fails
   */
  public void run(int rows) {
    if (rows < 1 || rows > capacity) {
      throw new IllegalArgumentException("cannot run " + rows + " of " + capacity + " rows");
    }
    if (closed) {
      throw new IllegalStateException("this scorer is closed; make a new one");
    }
    refusals.clear(rows);
    for (Column column : columns) {
      column.check(rows, refusals);
    }
    for (Column column : columns) {
      column.write(rows, refusals);
    }
    for (Terms step : terms) {
      step.write(rows, refusals);
    }
    engine.enter();
    try {
      prepare(rows);
      try (OrtSession.Result result =
          engine.session().run(inputTensors, madeOutputs, pinnedOutputs)) {
        for (Output output : outputs) {
          boolean made = madeOutputs.contains(output.spec.name());
          output.read(made ? tensor(result, output.spec.name()) : null, rows, refusals);
        }
      }
    } catch (OrtException failure) {
      throw Engine.runFailed(failure);
    } finally {
      engine.leave();
      for (Input input : inputs) {
        input.release();
      }
    }
  }

  private void prepare(int rows) throws OrtException {
    for (Input input : inputs) {
      inputTensors.put(input.name, input.tensor(engine.environment(), rows));
    }
    for (Output output : outputs) {
      OnnxTensor pinned = output.pinned(engine.environment(), rows);
      if (pinned == null) {
        madeOutputs.add(output.spec.name());
      } else {
        pinnedOutputs.put(output.spec.name(), pinned);
      }
    }
  }

  private static OnnxTensor tensor(OrtSession.Result result, String name) {
    return (OnnxTensor) result.get(name).orElseThrow();
  }

  /** Returns the status of a row of the last run. */
  public Status status(int row) {
    return refusals.status(row);
  }

  /** Returns what a row of the last run is told: "ok", or the status and the feature. */
  public String reason(int row) {
    return contract.reason(refusals.status(row), refusals.feature(row));
  }

  /** Returns the index of a label among the classes of its output, -1 when the row is refused. */
  public int labelIndex(int output, int row, int column) {
    return labels(output).get(row, column);
  }

  /** Returns a label, null when the row is refused. */
  public <T> T label(int output, int row, Class<T> type) {
    return label(output, row, 0, type);
  }

  /** Returns one of several labels, null when the row is refused. */
  public <T> T label(int output, int row, int column, Class<T> type) {
    int index = labels(output).get(row, column);
    return index < 0 ? null : type.cast(contract.outputs().get(output).classes().get(index));
  }

  /** Returns the labels of a row, none when the row is refused. */
  public <T> List<T> labels(int output, int row, Class<T> type) {
    List<T> result = new ArrayList<>();
    if (refusals.accepts(row)) {
      for (int column = 0; column < contract.outputs().get(output).width(); column++) {
        result.add(label(output, row, column, type));
      }
    }
    return result;
  }

  /** Returns a number of an output; NaN when the row is refused. */
  public double number(int output, int row, int column) {
    return numbers(output).get(row, column);
  }

  /** Returns the numbers of a row as a new array. */
  public double[] doubles(int output, int row) {
    double[] result = new double[contract.outputs().get(output).width()];
    for (int column = 0; column < result.length; column++) {
      result[column] = number(output, row, column);
    }
    return result;
  }

  /** Returns the numbers of a row of a float32 output as a new array. */
  public float[] floats(int output, int row) {
    float[] result = new float[contract.outputs().get(output).width()];
    for (int column = 0; column < result.length; column++) {
      result[column] = (float) number(output, row, column);
    }
    return result;
  }

  /** Frees the tensors; later calls do nothing. The model stays open. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      for (Input input : inputs) {
        input.close();
      }
      for (Output output : outputs) {
        output.close();
      }
    }
  }

  private Column column(int row, int feature) {
    Objects.checkIndex(row, capacity);
    return columns[feature];
  }

  private NumberOutput numbers(int output) {
    return (NumberOutput) outputs[output];
  }

  private LabelOutput labels(int output) {
    return (LabelOutput) outputs[output];
  }
}
