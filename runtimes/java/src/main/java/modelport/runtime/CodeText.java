// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;

/** A text as code points, and as UTF-8 with the place of each. Not thread-safe; reused. */
final class CodeText {
  int[] codes = new int[64];
  int length;
  byte[] utf8 = new byte[64];

  /** Where in {@link #utf8} each code point begins, and at {@code length} where the last ends. */
  int[] place = new int[65];

  void clear() {
    length = 0;
  }

  void add(int code) {
    if (length == codes.length) {
      codes = Arrays.copyOf(codes, 2 * length);
    }
    codes[length++] = code;
  }

  void read(String text) {
    clear();
    for (int i = 0; i < text.length(); ) {
      int code = text.codePointAt(i);
      add(code);
      i += Character.charCount(code);
    }
  }

  /** Writes UTF-8; there are no surrogates in what was read. */
  void encode() {
    if (utf8.length < 4 * length) {
      utf8 = new byte[4 * codes.length];
    }
    if (place.length < length + 1) {
      place = new int[codes.length + 1];
    }
    int at = 0;
    for (int i = 0; i < length; i++) {
      place[i] = at;
      int code = codes[i];
      if (code < 0x80) {
        utf8[at++] = (byte) code;
      } else if (code < 0x800) {
        utf8[at++] = (byte) (0xC0 | code >> 6);
        utf8[at++] = (byte) (0x80 | code & 0x3F);
      } else if (code < 0x10000) {
        utf8[at++] = (byte) (0xE0 | code >> 12);
        utf8[at++] = (byte) (0x80 | code >> 6 & 0x3F);
        utf8[at++] = (byte) (0x80 | code & 0x3F);
      } else {
        utf8[at++] = (byte) (0xF0 | code >> 18);
        utf8[at++] = (byte) (0x80 | code >> 12 & 0x3F);
        utf8[at++] = (byte) (0x80 | code >> 6 & 0x3F);
        utf8[at++] = (byte) (0x80 | code & 0x3F);
      }
    }
    place[length] = at;
  }
}
