// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;

/**
 * Predicts typed rows on workspaces that it keeps for reuse, one for each call under way.
 * Thread-safe.
 *
 * @param <F> the type of a row
 * @param <P> the type of a prediction
 */
public final class Predictor<F, P> implements AutoCloseable {
  /** Writes a typed row into a workspace. */
  @FunctionalInterface
  public interface Writer<F> {
    void write(F features, Workspace workspace, int row);
  }

  /** Makes a prediction of what a run gave. */
  @FunctionalInterface
  public interface Reader<P> {
    P read(Workspace workspace, int row);
  }

  // Long batches are run in parts, so that a thread's buffers stay at some ten megabytes.
  private static final int MAX_ROWS = 4096;
  private static final int MAX_CELLS = 1 << 20;
  // Where a graph makes a number for every term that there is, in its own memory.
  private static final long MAX_TERMS = 1 << 22;

  private final Engine engine;
  private final Writer<F> writer;
  private final Reader<P> reader;
  private final int maxRows;
  private final Deque<Workspace> idle = new ArrayDeque<>();

  /**
   * Creates a predictor and runs one row, so that the first caller does not pay for first use.
   *
   * @param engine the model; closed with the predictor
   * @param writer writes a typed row
   * @param reader makes a prediction
   */
  public Predictor(Engine engine, Writer<F> writer, Reader<P> reader) {
    this.engine = engine;
    this.writer = writer;
    this.reader = reader;
    int cells = engine.contract().features().size();
    for (Contract.Output output : engine.contract().outputs()) {
      cells += output.width();
    }
    long terms = 1;
    for (Contract.Text text : engine.contract().texts()) {
      terms += text.denseWidth();
    }
    this.maxRows =
        (int) Math.max(1, Math.min(Math.min(MAX_ROWS, MAX_CELLS / cells), MAX_TERMS / terms));
    Workspace first = take(1);
    first.run(1);
    giveBack(first);
  }

  /** Predicts one row. */
  public P predict(F row) {
    Workspace workspace = take(1);
    try {
      writer.write(Objects.requireNonNull(row, "features"), workspace, 0);
      workspace.run(1);
      return reader.read(workspace, 0);
    } finally {
      giveBack(workspace);
    }
  }

  /** Predicts rows; one refused row does not disturb the others. The list cannot be changed. */
  public List<P> predict(List<F> rows) {
    if (engine.isClosed()) {
      throw new IllegalStateException("the model is closed; load it again");
    }
    List<P> predictions = new ArrayList<>(rows.size());
    Iterator<F> rest = rows.iterator();
    while (rest.hasNext()) {
      predictPart(rest, Math.min(maxRows, rows.size() - predictions.size()), predictions);
    }
    return Collections.unmodifiableList(predictions);
  }

  private void predictPart(Iterator<F> rest, int count, List<P> predictions) {
    Workspace workspace = take(count);
    try {
      for (int row = 0; row < count; row++) {
        F features = rest.next();
        if (features == null) {
          throw new NullPointerException("rows[" + (predictions.size() + row) + "]");
        }
        writer.write(features, workspace, row);
      }
      workspace.run(count);
      for (int row = 0; row < count; row++) {
        predictions.add(reader.read(workspace, row));
      }
    } finally {
      giveBack(workspace);
    }
  }

  /** Closes the model after the calls under way; later calls do nothing. */
  @Override
  public void close() {
    engine.close();
    synchronized (idle) {
      idle.forEach(Workspace::close);
      idle.clear();
    }
  }

  private Workspace take(int rows) {
    Workspace workspace;
    synchronized (idle) {
      workspace = idle.poll();
    }
    if (workspace != null && workspace.capacity() < rows) {
      workspace.close();
      workspace = null;
    }
    return workspace == null ? new Workspace(engine, Math.min(maxRows, roundUp(rows))) : workspace;
  }

  private void giveBack(Workspace workspace) {
    synchronized (idle) {
      if (!engine.isClosed()) {
        idle.push(workspace);
        return;
      }
    }
    workspace.close();
  }

  private static int roundUp(int rows) {
    return rows == 1 ? 1 : Integer.highestOneBit(rows - 1) << 1;
  }
}
