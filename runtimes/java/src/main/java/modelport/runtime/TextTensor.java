// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.Map;

/**
 * A string tensor whose bytes are the UTF-8 of its texts. Not thread-safe.
 *
 * <p>onnxruntime's Java binding hands strings over in JNI's modified UTF-8, which spells U+0000 and
 * everything above U+FFFF differently: the graph would not recognise a category with an emoji in
 * it. Texts with such characters are put into a graph of one constant instead, and its output is
 * the tensor. That costs about half a millisecond and is exact.
 */
final class TextTensor implements AutoCloseable {
  private final OnnxTensor tensor;
  private final AutoCloseable owner;

  private TextTensor(OnnxTensor tensor, AutoCloseable owner) {
    this.tensor = tensor;
    this.owner = owner;
  }

  static TextTensor create(OrtEnvironment environment, String[] texts, long[] shape)
      throws OrtException {
    for (String text : texts) {
      if (!Texts.plain(text)) {
        return constant(environment, texts, shape);
      }
    }
    OnnxTensor tensor = OnnxTensor.createTensor(environment, texts, shape);
    return new TextTensor(tensor, tensor);
  }

  private static TextTensor constant(OrtEnvironment environment, String[] texts, long[] shape)
      throws OrtException {
    try (OrtSession.SessionOptions options = Settings.helperOptions()) {
      OrtSession session = environment.createSession(OnnxWriter.constant(texts, shape), options);
      OrtSession.Result result = null;
      try {
        result = session.run(Map.of());
        OrtSession.Result held = result;
        AutoCloseable owner =
            () -> {
              held.close();
              session.close();
            };
        return new TextTensor((OnnxTensor) result.get(0), owner);
      } catch (OrtException | RuntimeException failure) {
        session.close();
        throw failure;
      }
    }
  }

  OnnxTensor tensor() {
    return tensor;
  }

  @Override
  public void close() {
    try {
      owner.close();
    } catch (Exception failure) {
      throw new IllegalStateException("onnxruntime cannot free a string tensor", failure);
    }
  }
}
