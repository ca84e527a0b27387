// SPDX-License-Identifier: Apache-2.0
package modelport.kit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import modelport.runtime.Element;
import modelport.runtime.NetTensor;

/** Writes the outputs of cases as .npy files, for the parity report. */
public final class TensorDump {
  private TensorDump() {}

  /** Writes {@code case_<index>.output_<o>.npy} for each output of a case. */
  public static void write(Path folder, int index, NetTensor[] outputs) throws IOException {
    Files.createDirectories(folder);
    for (int o = 0; o < outputs.length; o++) {
      Files.write(folder.resolve("case_" + index + ".output_" + o + ".npy"), npy(outputs[o]));
    }
  }

  private static byte[] npy(NetTensor tensor) {
    int count = 1;
    for (long length : tensor.shape()) {
      count = Math.toIntExact(count * length);
    }
    short[] halves = tensor.element() == Element.FLOAT16 ? (short[]) tensor.array() : null;
    ByteBuffer cells =
        ByteBuffer.allocate(count * tensor.element().size()).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      switch (tensor.element()) {
        case FLOAT64 -> cells.putDouble(tensor.getDouble(i));
        case FLOAT32 -> cells.putFloat((float) tensor.getDouble(i));
        case INT64 -> cells.putLong(tensor.getLong(i));
        case INT32 -> cells.putInt((int) tensor.getLong(i));
        case FLOAT16 -> cells.putShort(halves[i]);
        case INT16 -> cells.putShort((short) tensor.getLong(i));
        case INT8, UINT8, BOOL -> cells.put((byte) tensor.getLong(i));
      }
    }
    String shape =
        Arrays.stream(tensor.shape()).mapToObj(n -> n + ",").collect(Collectors.joining(" "));
    return NpyFile.of(tensor.element().descr(), shape, cells);
  }
}
