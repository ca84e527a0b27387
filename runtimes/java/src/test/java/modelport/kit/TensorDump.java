// SPDX-License-Identifier: Apache-2.0
package modelport.kit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import modelport.runtime.Element;
import modelport.runtime.NetTensor;

/** Writes the outputs of cases as .npy files, for the parity report. */
public final class TensorDump {
  private TensorDump() {}

  /**
   * Writes {@code case_<index>.output_<o>.npy} for each output of a case; of texts {@code
   * .ends.npy} and {@code .bytes.npy}.
   */
  public static void write(Path folder, int index, NetTensor[] outputs) throws IOException {
    Files.createDirectories(folder);
    for (int o = 0; o < outputs.length; o++) {
      String stem = "case_" + index + ".output_" + o;
      if (outputs[o].element() == Element.STRING) {
        writeTexts(folder, stem, outputs[o]);
      } else {
        Files.write(folder.resolve(stem + ".npy"), npy(outputs[o]));
      }
    }
  }

  private static void writeTexts(Path folder, String stem, NetTensor tensor) throws IOException {
    String[] texts = (String[]) tensor.array();
    ByteBuffer ends =
        ByteBuffer.allocate(texts.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (String text : texts) {
      bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
      ends.putLong(bytes.size());
    }
    Files.write(folder.resolve(stem + ".ends.npy"), NpyFile.of("<i8", shape(tensor), ends));
    ByteBuffer content = ByteBuffer.wrap(bytes.toByteArray());
    String length = bytes.size() + ",";
    Files.write(folder.resolve(stem + ".bytes.npy"), NpyFile.of("|u1", length, content));
  }

  private static String shape(NetTensor tensor) {
    return Arrays.stream(tensor.shape()).mapToObj(n -> n + ",").collect(Collectors.joining(" "));
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
        case STRING -> throw new IllegalStateException("texts are written elsewhere");
      }
    }
    return NpyFile.of(tensor.element().descr(), shape(tensor), cells);
  }
}
