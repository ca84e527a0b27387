// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code text.bin}, version 1: the tables of all text steps. */
final class TextFile {
  private static final String MAGIC = "MPTOKENS";
  private static final int VERSION = 1;
  private static final int OPTIONS = 8;
  private static final int TABLES = 16;

  private TextFile() {}

  /**
   * Reads the steps in the order of the contract's.
   *
   * @throws IllegalArgumentException if the bytes are no text.bin of this version
   */
  static List<TextStep> read(byte[] file) {
    ByteBuffer data = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    if (file.length < 20
        || !new String(file, 0, 8, StandardCharsets.US_ASCII).equals(MAGIC)
        || data.position(8).getInt() != VERSION) {
      throw new IllegalArgumentException("this library reads text.bin of version " + VERSION);
    }
    Object[] pool = new Object[data.getInt()];
    int count = data.getInt();
    for (int i = 0; i < pool.length; i++) {
      boolean words = data.get() != 0;
      int size = Math.toIntExact(data.getLong());
      pool[i] = words ? words(data, size) : bytes(data, size);
    }
    List<TextStep> steps = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int[] options = words(data, OPTIONS);
      Object[] tables = new Object[TABLES];
      for (int j = 0; j < TABLES; j++) {
        tables[j] = pool[data.getInt()];
      }
      steps.add(new TextStep(options, tables));
    }
    return steps;
  }

  private static int[] words(ByteBuffer data, int count) {
    int[] words = new int[count];
    data.asIntBuffer().get(words);
    data.position(data.position() + count * Integer.BYTES);
    return words;
  }

  private static byte[] bytes(ByteBuffer data, int count) {
    byte[] bytes = new byte[count];
    data.get(bytes);
    return bytes;
  }
}
