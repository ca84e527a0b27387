// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

/** Questions about the characters of a text. */
final class Texts {
  private Texts() {}

  /**
   * True when JNI's modified UTF-8 spells the text as UTF-8 does: no U+0000, nothing above U+FFFF.
   */
  static boolean plain(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c)) {
        return false;
      }
    }
    return true;
  }

  /** True when the text has a UTF-8 form: no surrogate without its other half. */
  static boolean encodable(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!pair) {
          return false;
        }
        i++;
      }
    }
    return true;
  }
}
