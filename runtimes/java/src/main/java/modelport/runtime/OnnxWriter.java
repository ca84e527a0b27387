// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Writes the small graphs that carry text past JNI byte for byte.
 *
 * <p>The numbers are the field numbers of onnx.proto; a message is written as its fields one after
 * another.
 */
final class OnnxWriter {
  /** The input of graphs that take texts. */
  static final String IN = "in";

  /** What stands for a character that JNI cannot carry; no character is that long. */
  static final String ODD = "odd";

  /** What stands behind the last character of a text. */
  static final String NONE = "none";

  // A text without U+0000 and characters above U+FFFF, which JNI's modified UTF-8 spells as UTF-8.
  private static final String PLAIN = "(?s)[^\\x00\\x{10000}-\\x{10FFFF}]*";
  private static final int INT32 = 6;
  private static final int BOOL = 9;
  private static final int INT64 = 7;
  private static final int STRING = 8;
  private static final String CONTRIBUTED = "com.microsoft";

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
    OnnxWriter node = message().text(1, IN).text(2, "out").text(4, "LabelEncoder");
    node.nested(5, keys).nested(5, indices).nested(5, none).text(7, "ai.onnx.ml");
    OnnxWriter graph = message().nested(1, node).text(2, "index_of");
    graph.nested(11, value(IN, STRING, rank)).nested(12, value("out", INT64, rank));
    return model(graph, "ai.onnx.ml", 2);
  }

  /** A graph that tells which texts are plain: in string[any shape] -> out bool[the same]. */
  static byte[] plainTexts() {
    OnnxWriter graph = message().nested(1, plain(IN, "out")).text(2, "plain");
    graph.nested(11, value(IN, STRING)).nested(12, value("out", BOOL));
    return newer(graph);
  }

  /**
   * A graph that splits texts into characters: in string[any shape] of n texts -> characters
   * string[n, d], in which {@link #ODD} stands for one that is not plain, and their hashes
   * int32[n, d].
   */
  static byte[] characters() {
    OnnxWriter flat = message().number(1, 1).number(2, INT64).number(7, -1).text(8, "flat");
    OnnxWriter odd = message().number(2, STRING).text(6, ODD).text(8, "odd");
    OnnxWriter reshape = node("Reshape", "", "texts", IN, "flat");
    OnnxWriter split = node("Tokenizer", CONTRIBUTED, "each", "texts");
    split.nested(5, message().text(1, "separators").text(9, "").number(20, 8));
    split.nested(5, message().text(1, "pad_value").text(4, NONE).number(20, 3));
    split.nested(5, integer("mark", 0)).nested(5, integer("mincharnum", 1));
    OnnxWriter choose = node("Where", "", "characters", "plain", "each", "odd");
    OnnxWriter hash = node("MurmurHash3", CONTRIBUTED, "hashes", "each");
    hash.nested(5, integer("positive", 0));
    OnnxWriter graph = message().nested(1, reshape).nested(1, split).nested(1, plain("each", "plain"));
    graph.nested(1, choose).nested(1, hash).text(2, "characters").nested(5, flat).nested(5, odd);
    graph.nested(11, value(IN, STRING));
    graph.nested(12, value("characters", STRING, 2)).nested(12, value("hashes", INT32, 2));
    return newer(graph);
  }

  private static OnnxWriter plain(String in, String out) {
    OnnxWriter pattern = message().text(1, "pattern").text(4, PLAIN).number(20, 3);
    return node("RegexFullMatch", "", out, in).nested(5, pattern);
  }

  private static OnnxWriter node(String operator, String domain, String out, String... in) {
    OnnxWriter node = message();
    for (String input : in) {
      node.text(1, input);
    }
    return node.text(2, out).text(4, operator).text(7, domain);
  }

  private static OnnxWriter integer(String name, long value) {
    return message().text(1, name).number(3, value).number(20, 2);
  }

  private static byte[] model(OnnxWriter graph, String domain, int opset) {
    return message().number(1, 8).nested(7, graph).imports(domain, opset).bytes.toByteArray();
  }

  /** A graph with operators of opset 20, which came with version 9 of the format, and of onnxruntime's own. */
  private static byte[] newer(OnnxWriter graph) {
    OnnxWriter model = message().number(1, 9).nested(7, graph).imports("", 20);
    return model.imports(CONTRIBUTED, 1).bytes.toByteArray();
  }

  private OnnxWriter imports(String domain, int opset) {
    return nested(8, message().text(1, domain).number(2, opset));
  }

  /** A tensor of any rank. */
  private static OnnxWriter value(String name, int elementType) {
    OnnxWriter tensor = message().number(1, elementType);
    return message().text(1, name).nested(2, message().nested(1, tensor));
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
