// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import modelport.api.ModelException;

/**
 * Calls of a net with the answers of the original model, as the bundle's {@code vectors/} holds
 * them. Immutable and thread-safe; a case is read when it is asked for.
 */
public final class NetCases {
  private static final int SHOWN_FAULTS = 5;

  private final NetContract contract;
  private final Function<String, byte[]> read;
  private final List<String> names = new ArrayList<>();

  /**
   * Reads the list of cases.
   *
   * @param contract the contract of the same bundle
   * @param read gives the bytes of a file of the folder by its name
   */
  public NetCases(NetContract contract, Function<String, byte[]> read) {
    this.contract = contract;
    this.read = read;
    String text = new String(read.apply("index.json"), StandardCharsets.UTF_8);
    for (Object item : (List<?>) ((Map<?, ?>) Json.parse(text)).get("cases")) {
      names.add((String) ((Map<?, ?>) item).get("name"));
    }
  }

  /** Returns the number of cases. */
  public int size() {
    return names.size();
  }

  /** Returns the inputs of a case in contract order. */
  public NetTensor[] inputs(int index) {
    NetTensor[] result = new NetTensor[contract.inputs().size()];
    for (int i = 0; i < result.length; i++) {
      Element element = contract.inputs().get(i).element();
      String part = "input_" + i;
      result[i] =
          element == Element.STRING ? texts(index, part) : tensor(element, npy(index, part));
    }
    return result;
  }

  private Npy npy(int index, String part) {
    String name = "case_" + index + "." + part + ".npy";
    return Npy.parse(read.apply(name), name);
  }

  /** Reads texts: where each ends, and their UTF-8 one after the other. */
  private NetTensor texts(int index, String part) {
    Npy ends = npy(index, part + ".ends");
    Npy bytes = npy(index, part + ".bytes");
    String[] texts = new String[ends.elements()];
    int start = 0;
    for (int i = 0; i < texts.length; i++) {
      int end = Math.toIntExact(ends.getLong(i));
      texts[i] = bytes.getText(start, end);
      start = end;
    }
    return NetTensor.of(texts, ends.shape());
  }

  private static NetTensor tensor(Element element, Npy npy) {
    int count = npy.elements();
    switch (element) {
      case FLOAT64 -> {
        DoubleBuffer data = DoubleBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
          data.put(i, npy.getDouble(i));
        }
        return NetTensor.of(element, data, npy.shape());
      }
      case FLOAT32 -> {
        FloatBuffer data = FloatBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
          data.put(i, (float) npy.getDouble(i));
        }
        return NetTensor.of(element, data, npy.shape());
      }
      case FLOAT16 -> {
        float[] data = new float[count];
        for (int i = 0; i < count; i++) {
          data[i] = (float) npy.getDouble(i);
        }
        return NetTensor.ofHalves(data, npy.shape());
      }
      case INT64 -> {
        LongBuffer data = LongBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
          data.put(i, npy.getLong(i));
        }
        return NetTensor.of(element, data, npy.shape());
      }
      case INT32 -> {
        IntBuffer data = IntBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
          data.put(i, (int) npy.getLong(i));
        }
        return NetTensor.of(element, data, npy.shape());
      }
      case INT16 -> {
        ShortBuffer data = ShortBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
          data.put(i, (short) npy.getLong(i));
        }
        return NetTensor.of(element, data, npy.shape());
      }
      default -> {
        ByteBuffer data = ByteBuffer.allocate(count);
        for (int i = 0; i < count; i++) {
          data.put(i, (byte) npy.getLong(i));
        }
        return NetTensor.of(element, data, npy.shape());
      }
    }
  }

  /**
   * Runs every case and compares.
   *
   * @param predict the API without its types
   * @throws ModelException if an answer is not that of the original; it shows the case, the place,
   *     what was expected and what came
   */
  public void check(UnaryOperator<NetTensor[]> predict) {
    List<String> faults = new ArrayList<>();
    for (int index = 0; index < names.size(); index++) {
      String fault = fault(index, predict.apply(inputs(index)));
      if (fault != null) {
        faults.add("case " + index + " '" + names.get(index) + "': " + fault);
      }
    }
    if (!faults.isEmpty()) {
      throw new ModelException(
          "MP301",
          faults.size()
              + " of "
              + names.size()
              + " cases are not those of the original model\n    "
              + String.join("\n    ", faults.subList(0, Math.min(SHOWN_FAULTS, faults.size()))),
          "the vectors of the bundle",
          "run on a platform and an onnxruntime version that the bundle is proven for",
          null);
    }
  }

  /** Returns what is wrong with the outputs of a case, null when they are right. */
  String fault(int index, NetTensor[] outputs) {
    for (int o = 0; o < outputs.length; o++) {
      String expected = "output_" + o + ".expected";
      Npy bound = npy(index, "output_" + o + ".bound");
      String fault =
          outputs[o].element() == Element.STRING
              ? fault(texts(index, expected), bound, outputs[o])
              : fault(npy(index, expected), bound, outputs[o]);
      if (fault != null) {
        return contract.outputs().get(o).name() + fault;
      }
    }
    return null;
  }

  private static String fault(NetTensor expected, Npy bound, NetTensor got) {
    if (!Arrays.equals(expected.shape(), got.shape())) {
      return otherShape(expected.shape(), got.shape());
    }
    for (int i = 0; i < expected.elements(); i++) {
      String wanted = expected.getText(i);
      String came = got.getText(i);
      if (!Double.isInfinite(bound.getDouble(i)) && !wanted.equals(came)) {
        return " at element " + i + ": expected '" + wanted + "', got '" + came + "'";
      }
    }
    return null;
  }

  private static String otherShape(long[] expected, long[] got) {
    return ": expected shape " + Arrays.toString(expected) + ", got " + Arrays.toString(got);
  }

  private static String fault(Npy expected, Npy bound, NetTensor got) {
    if (!Arrays.equals(expected.shape(), got.shape())) {
      return otherShape(expected.shape(), got.shape());
    }
    boolean floating = got.element().isFloating();
    for (int i = 0; i < expected.elements(); i++) {
      double open = bound.getDouble(i);
      boolean right =
          Double.isInfinite(open)
              || (floating
                  ? near(got.getDouble(i), expected.getDouble(i), open)
                  : beside(got.getLong(i), expected.getLong(i), open));
      if (!right) {
        Object wanted = floating ? (Object) expected.getDouble(i) : (Object) expected.getLong(i);
        Object came = floating ? (Object) got.getDouble(i) : (Object) got.getLong(i);
        return " at element " + i + ": expected " + wanted + " within " + open + ", got " + came;
      }
    }
    return null;
  }

  /** Whole numbers are compared as they are: doubles do not tell large ones apart. */
  private static boolean beside(long got, long wanted, double bound) {
    return got == wanted || bound > 0 && Math.abs((double) got - (double) wanted) <= bound;
  }

  private static boolean near(double got, double wanted, double bound) {
    return got == wanted
        || Double.isNaN(got) && Double.isNaN(wanted)
        || Math.abs(got - wanted) <= bound;
  }
}
