// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Reads string tensors that onnxruntime gave. Thread-safe.
 *
 * <p>onnxruntime's Java binding decodes strings as JNI's modified UTF-8, which spells U+0000 and
 * everything above U+FFFF differently. A graph of one node finds the texts that hold such
 * characters. They are then split into characters; those that JNI cannot carry come as their
 * hashes, and the hash of four bytes can be turned back into them.
 */
final class NetTexts implements AutoCloseable {
  private static final int HASH_OF_NUL = Murmur3.hash(new byte[1], 0, 1);

  private final OrtSession finder;
  private final OrtSession speller;
  private final AtomicBoolean closed = new AtomicBoolean();

  private NetTexts(OrtSession finder, OrtSession speller) {
    this.finder = finder;
    this.speller = speller;
  }

  static NetTexts open(OrtEnvironment environment) throws OrtException {
    try (OrtSession.SessionOptions options = Settings.helperOptions()) {
      OrtSession finder = environment.createSession(OnnxWriter.plainTexts(), options);
      try {
        return new NetTexts(finder, environment.createSession(OnnxWriter.characters(), options));
      } catch (OrtException failure) {
        finder.close();
        throw failure;
      }
    }
  }

  /** Returns the texts of a tensor in C order. */
  String[] read(OnnxTensor tensor) throws OrtException {
    int count = Math.toIntExact(NetTensor.elements(tensor.getInfo().getShape()));
    String[] texts = new String[count];
    if (count == 0) {
      return texts;
    }
    if (arePlain(tensor)) {
      flatten(tensor.getValue(), texts, 0);
      return texts;
    }
    try (OrtSession.Result result = speller.run(Map.of(OnnxWriter.IN, tensor))) {
      String[][] characters = (String[][]) result.get(0).getValue();
      IntBuffer hashes = ((OnnxTensor) result.get(1)).getIntBuffer();
      int at = 0;
      for (int i = 0; i < count; i++) {
        texts[i] = joined(characters[i], hashes, at);
        at += characters[i].length;
      }
    }
    return texts;
  }

  private boolean arePlain(OnnxTensor tensor) throws OrtException {
    try (OrtSession.Result result = finder.run(Map.of(OnnxWriter.IN, tensor))) {
      ByteBuffer plain = ((OnnxTensor) result.get(0)).getByteBuffer();
      while (plain.hasRemaining()) {
        if (plain.get() == 0) {
          return false;
        }
      }
      return true;
    }
  }

  private static int flatten(Object value, String[] texts, int at) {
    if (value instanceof String text) {
      texts[at] = text;
      return at + 1;
    }
    int next = at;
    for (Object part : (Object[]) value) {
      next = flatten(part, texts, next);
    }
    return next;
  }

  private static String joined(String[] characters, IntBuffer hashes, int at) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < characters.length && !characters[i].equals(OnnxWriter.NONE); i++) {
      if (characters[i].equals(OnnxWriter.ODD)) {
        text.append(odd(hashes.get(at + i)));
      } else {
        text.append(characters[i]);
      }
    }
    return text.toString();
  }

  /** The character that is neither plain nor another: U+0000, or one of four bytes. */
  private static String odd(int hash) {
    if (hash == HASH_OF_NUL) {
      return "\0";
    }
    int block = Integer.reverseBytes(Murmur3.block(hash));
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(block).array();
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Frees the graphs; later calls do nothing. No call may be under way. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        finder.close();
        speller.close();
      } catch (OrtException failure) {
        throw LoadedGraph.runFailed(failure);
      }
    }
  }
}
