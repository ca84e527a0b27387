// SPDX-License-Identifier: Apache-2.0
package modelport.kit;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Makes .npy files. */
public final class NpyFile {
  private NpyFile() {}

  /**
   * Puts a .npy 1.0 header before the cells; its length is a multiple of 64, as the format asks.
   */
  public static byte[] of(String descr, String shape, ByteBuffer cells) {
    String dict = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + shape + "), }";
    int length = (10 + dict.length() + 1 + 63) / 64 * 64 - 10;
    String header = dict + " ".repeat(length - dict.length() - 1) + "\n";
    ByteBuffer file =
        ByteBuffer.allocate(10 + length + cells.capacity()).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 0x93)
        .put("NUMPY".getBytes(StandardCharsets.US_ASCII))
        .put((byte) 1)
        .put((byte) 0);
    file.putShort((short) length)
        .put(header.getBytes(StandardCharsets.US_ASCII))
        .put(cells.array());
    return file.array();
  }
}
