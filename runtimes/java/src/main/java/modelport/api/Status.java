// SPDX-License-Identifier: Apache-2.0
package modelport.api;

/** Why a row has a prediction or none. */
public enum Status {
  /** The row has a prediction. */
  OK("ok"),
  /** A feature that must have a value has none. */
  MISSING("missing"),
  /** A feature that must be finite is infinite. */
  INFINITE("infinite"),
  /** A number is larger than the original model can represent. */
  OUT_OF_RANGE("out_of_range"),
  /** A category that the original model never saw and does not accept. */
  UNKNOWN_CATEGORY("unknown_category"),
  /** A value that cannot be given to the model at all, such as text that is no valid Unicode. */
  INVALID("invalid");

  private static final Status[] BY_CODE = values();

  private final String text;

  Status(String text) {
    this.text = text;
  }

  /**
   * Returns the name used in every language and in reports.
   *
   * @return for example {@code "out_of_range"}
   */
  public String text() {
    return text;
  }

  /**
   * Returns the status of a stored code.
   *
   * @param code the code in vectors and buffers, which is the ordinal
   * @return the status
   * @throws ArrayIndexOutOfBoundsException if there is no such code
   */
  public static Status ofCode(int code) {
    return BY_CODE[code];
  }
}
