// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.HashMap;
import java.util.Map;
import modelport.api.CategoryValue;

/**
 * Finds the constant of a category enum by its text. Immutable and thread-safe.
 *
 * @param <E> the enum
 */
public final class CategoryIndex<E extends CategoryValue> {
  private final Map<String, E> byWire = new HashMap<>();
  private final E unknown;

  /**
   * Indexes the constants of an enum.
   *
   * @param constants all of them
   * @param unknown the one for any other text
   */
  public CategoryIndex(E[] constants, E unknown) {
    this.unknown = unknown;
    for (E constant : constants) {
      byWire.put(constant.wire(), constant);
    }
  }

  /** Returns the constant of a text, the unknown one when there is none, null for null. */
  public E of(String text) {
    return text == null ? null : byWire.getOrDefault(text, unknown);
  }
}
