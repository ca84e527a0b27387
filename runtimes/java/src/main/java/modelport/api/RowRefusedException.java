// SPDX-License-Identifier: Apache-2.0
package modelport.api;

/** Strict use met a row that has no prediction. */
public final class RowRefusedException extends ModelException {
  private static final long serialVersionUID = 1L;

  private final Status status;

  /**
   * Creates an exception.
   *
   * @param status why the row has no prediction
   * @param reason the status and the feature, such as {@code "missing: age"}
   */
  public RowRefusedException(Status status, String reason) {
    super(
        "MP204",
        "the row has no prediction (" + reason + ")",
        "orThrow()",
        "correct the feature, or ask status() before using the outputs",
        null);
    this.status = status;
  }

  /**
   * Returns why the row has no prediction.
   *
   * @return never {@link Status#OK}
   */
  public Status status() {
    return status;
  }
}
