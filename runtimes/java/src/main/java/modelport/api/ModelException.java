// SPDX-License-Identifier: Apache-2.0
package modelport.api;

/** A model cannot be loaded or run. Says what was seen, where, and what the reader can do. */
public class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String code;
  private final String what;
  private final String where;
  private final String fix;

  /**
   * Creates an exception.
   *
   * @param code stable error code
   * @param what what was seen
   * @param where where it was seen
   * @param fix what the reader can do, starting with a verb
   * @param cause the exception behind this one, or null
   */
  public ModelException(String code, String what, String where, String fix, Throwable cause) {
    super(code + ": " + what + "\n  where: " + where + "\n  fix:   " + fix, cause);
    this.code = code;
    this.what = what;
    this.where = where;
    this.fix = fix;
  }

  /**
   * Returns the stable error code.
   *
   * @return for example {@code "MP401"}
   */
  public String code() {
    return code;
  }

  /**
   * Returns what was seen.
   *
   * @return one sentence
   */
  public String what() {
    return what;
  }

  /**
   * Returns where it was seen.
   *
   * @return a file, a resource or a row
   */
  public String where() {
    return where;
  }

  /**
   * Returns what the reader can do.
   *
   * @return one sentence starting with a verb
   */
  public String fix() {
    return fix;
  }
}
