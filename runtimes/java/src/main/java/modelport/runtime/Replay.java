// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import modelport.api.ModelException;

/**
 * Runs vectors through a typed API and compares. Thread-safe when the API is.
 *
 * @param <F> the type of a row
 * @param <P> the type of a prediction
 */
public final class Replay<F, P> {
  private static final int SHOWN_FAULTS = 5;

  private final Vectors vectors;
  private final List<F> rows = new ArrayList<>();
  private final Function<P, Answer> answer;

  /**
   * Makes the typed rows.
   *
   * @param vectors rows with the original's answers
   * @param features makes a typed row
   * @param answer takes the types off a prediction
   */
  public Replay(Vectors vectors, Function<FeatureValues, F> features, Function<P, Answer> answer) {
    this.vectors = vectors;
    this.answer = answer;
    for (int row = 0; row < vectors.rows(); row++) {
      rows.add(features.apply(vectors.row(row)));
    }
  }

  /** Returns the typed rows. */
  public List<F> rows() {
    return List.copyOf(rows);
  }

  /**
   * Predicts all rows in batches.
   *
   * @param predict the API
   * @param batchRows rows a batch; a number beyond the rows makes one batch
   * @return the predictions in order
   */
  public List<P> predict(Function<List<F>, List<P>> predict, int batchRows) {
    List<P> predictions = new ArrayList<>();
    for (int start = 0; start < rows.size(); start = start + batchRows) {
      int end = (int) Math.min((long) start + batchRows, rows.size());
      predictions.addAll(predict.apply(rows.subList(start, end)));
    }
    return predictions;
  }

  /**
   * Compares predictions with the original's answers.
   *
   * @param predictions one for each row
   * @throws ModelException if one is wrong; it shows the rows, their inputs, what was expected and
   *     what came
   */
  public void check(List<P> predictions) {
    List<String> faults = new ArrayList<>();
    for (int row = 0; row < rows.size(); row++) {
      String fault =
          row < predictions.size()
              ? vectors.fault(row, answer.apply(predictions.get(row)))
              : "no prediction";
      if (fault != null) {
        faults.add("row " + row + " {" + vectors.row(row) + "}: " + fault);
      }
    }
    if (!faults.isEmpty()) {
      String shown =
          String.join("\n    ", faults.subList(0, Math.min(SHOWN_FAULTS, faults.size())));
      throw new ModelException(
          "MP301",
          faults.size()
              + " of "
              + rows.size()
              + " rows are not those of the original model\n    "
              + shown,
          "the vectors of the bundle",
          "run on a platform and an onnxruntime version that the bundle is proven for",
          null);
    }
  }
}
