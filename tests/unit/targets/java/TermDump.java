package modelport.runtime;

import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Counts the terms of every text by every step. Arguments: text.bin, texts (each its size in bytes as u32, then
 * UTF-8), output (for each step and text: the number of terms, then their ids and counts, as u32).
 */
final class TermDump {
  private TermDump() {}

  public static void main(String[] arguments) throws IOException {
    List<TextStep> steps = TextFile.read(Files.readAllBytes(Path.of(arguments[0])));
    ByteBuffer texts = ByteBuffer.wrap(Files.readAllBytes(Path.of(arguments[1]))).order(ByteOrder.LITTLE_ENDIAN);
    try (OutputStream file = Files.newOutputStream(Path.of(arguments[2]));
        DataOutputStream out = new DataOutputStream(new java.io.BufferedOutputStream(file))) {
      for (TextStep step : steps) {
        TermCounter counter = new TermCounter(step);
        texts.rewind();
        while (texts.hasRemaining()) {
          byte[] utf8 = new byte[texts.getInt()];
          texts.get(utf8);
          counter.count(new String(utf8, StandardCharsets.UTF_8));
          out.writeInt(Integer.reverseBytes(counter.size));
          for (int i = 0; i < counter.size; i++) {
            out.writeInt(Integer.reverseBytes(counter.ids[i]));
            out.writeInt(Integer.reverseBytes(counter.counts[i]));
          }
        }
      }
    }
  }
}
