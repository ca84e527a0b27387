// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A label output of strings.
 *
 * <p>onnxruntime's Java binding decodes strings as JNI's modified UTF-8: what is above U+FFFF comes
 * out cut and damaged, so that two labels can become one. When a class has such a character, a
 * graph of one node finds the class instead.
 */
final class TextLabelOutput extends LabelOutput {
  private final Map<String, Integer> indices = new HashMap<>();
  private final List<String> classes;
  private final boolean plain;
  private OrtSession finder;

  TextLabelOutput(Contract.Output spec, int capacity) {
    super(spec, capacity);
    this.classes = spec.classes().stream().map(String.class::cast).toList();
    this.plain = classes.stream().allMatch(Texts::plain);
    for (String name : classes) {
      indices.put(name, indices.size());
    }
  }

  @Override
  OnnxTensor pinned(OrtEnvironment environment, int rows) throws OrtException {
    if (!plain && finder == null) {
      try (OrtSession.SessionOptions options = Settings.helperOptions()) {
        finder =
            environment.createSession(OnnxWriter.indexOf(classes, spec.scalar() ? 1 : 2), options);
      }
    }
    return null;
  }

  @Override
  void read(OnnxTensor made, int rows, Refusals refusals) throws OrtException {
    if (plain) {
      readTexts(made.getValue(), rows, refusals);
    } else {
      try (OrtSession.Result result = finder.run(Map.of("in", made))) {
        readIndices(((OnnxTensor) result.get(0)).getLongBuffer(), rows, refusals);
      }
    }
  }

  private void readTexts(Object texts, int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < spec.width(); column++) {
        String text = spec.scalar() ? ((String[]) texts)[row] : ((String[][]) texts)[row][column];
        set(row, column, refusals.accepts(row) ? find(text) : -1);
      }
    }
  }

  private int find(String text) {
    Integer index = indices.get(text);
    if (index == null) {
      throw notAClass(text);
    }
    return index;
  }

  private void readIndices(java.nio.LongBuffer found, int rows, Refusals refusals) {
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < spec.width(); column++) {
        long index = found.get(row * spec.width() + column);
        if (index < 0 && refusals.accepts(row)) {
          throw notAClass("(text with characters above U+FFFF)");
        }
        set(row, column, refusals.accepts(row) ? (int) index : -1);
      }
    }
  }

  @Override
  public void close() {
    if (finder != null) {
      try {
        finder.close();
      } catch (OrtException failure) {
        throw new IllegalStateException("onnxruntime cannot free a session", failure);
      }
      finder = null;
    }
  }
}
