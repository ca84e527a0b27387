// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the two one-node graphs that carry text past JNI byte for byte.
 *
 * <p>The numbers are the field numbers of onnx.proto; a message is written as its fields one after
 * another.
 */
final class OnnxWriter {
  private static final int INT64 = 7;
  private static final int STRING = 8;
  private static final int IR_VERSION = 8;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private OnnxWriter() {}

  /** A graph without inputs that gives a constant: () -> out string[shape]. */
  static byte[] constant(String[] values, long[] shape) {
    OnnxWriter tensor = message();
    for (long dimension : shape) {
      tensor.number(1, dimension);
    }
    tensor.number(2, STRING);
    for (String value : values) {
      tensor.text(6, value);
    }
    tensor.text(8, "constant");
    OnnxWriter node = message().text(1, "constant").text(2, "out").text(4, "Identity");
    OnnxWriter graph = message().nested(1, node).text(2, "constant").nested(5, tensor);
    return model(graph.nested(12, value("out", STRING, shape.length)), "", 13);
  }

  /**
   * A graph that finds each text in a list: in string[...] -> out int64[...], -1 where it is none
   * of them.
   */
  static byte[] indexOf(List<String> values, int rank) {
    OnnxWriter keys = message().text(1, "keys_strings");
    OnnxWriter indices = message().text(1, "values_int64s");
    for (int i = 0; i < values.size(); i++) {
      keys.text(9, values.get(i));
      indices.number(8, i);
    }
    keys.number(20, 8);
    indices.number(20, 7);
    OnnxWriter none = message().text(1, "default_int64").number(3, -1).number(20, 2);
    OnnxWriter node = message().text(1, "in").text(2, "out").text(4, "LabelEncoder");
    node.nested(5, keys).nested(5, indices).nested(5, none).text(7, "ai.onnx.ml");
    OnnxWriter graph = message().nested(1, node).text(2, "index_of");
    graph.nested(11, value("in", STRING, rank)).nested(12, value("out", INT64, rank));
    return model(graph, "ai.onnx.ml", 2);
  }

  private static byte[] model(OnnxWriter graph, String domain, int opset) {
    OnnxWriter imports = message().text(1, domain).number(2, opset);
    OnnxWriter model = message().number(1, IR_VERSION).nested(7, graph).nested(8, imports);
    return model.bytes.toByteArray();
  }

  private static OnnxWriter value(String name, int elementType, int rank) {
    OnnxWriter shape = message();
    for (int i = 0; i < rank; i++) {
      shape.nested(1, message());
    }
    OnnxWriter tensor = message().number(1, elementType).nested(2, shape);
    return message().text(1, name).nested(2, message().nested(1, tensor));
  }

  private static OnnxWriter message() {
    return new OnnxWriter();
  }

  private OnnxWriter number(int field, long value) {
    varint((long) field << 3);
    varint(value);
    return this;
  }

  private OnnxWriter text(int field, String value) {
    return block(field, value.getBytes(StandardCharsets.UTF_8));
  }

  private OnnxWriter nested(int field, OnnxWriter message) {
    return block(field, message.bytes.toByteArray());
  }

  private OnnxWriter block(int field, byte[] content) {
    varint((long) field << 3 | 2);
    varint(content.length);
    bytes.writeBytes(content);
    return this;
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
