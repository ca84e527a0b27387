// SPDX-License-Identifier: Apache-2.0
package modelport.api;

/** A constant of a generated category enum. */
public interface CategoryValue {
  /**
   * Returns the text that the original model knows this category by.
   *
   * @return the text as it stood in the training data
   */
  String wire();
}
