// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import modelport.api.ModelException;

/** Checks a caller's tensors against the contract before onnxruntime sees them. Thread-safe. */
final class NetCheck {
  private record Seen(long length, String input) {}

  private NetCheck() {}

  /**
   * Checks every input in contract order.
   *
   * @param contract what the net takes
   * @param tensors one for each input, null where the caller gave none
   * @return the lengths of the symbols
   * @throws ModelException MP201 for inputs that are missing, MP205 for a tensor that does not fit
   */
  static Map<String, Long> check(NetContract contract, NetTensor[] tensors) {
    List<String> absent =
        IntStream.range(0, tensors.length)
            .filter(i -> tensors[i] == null)
            .mapToObj(i -> "'" + contract.inputs().get(i).name() + "'")
            .toList();
    if (!absent.isEmpty()) {
      throw new ModelException(
          "MP201",
          absent.size() + " input(s) missing: " + String.join(", ", absent),
          "the tensors given",
          "set each input of the model",
          null);
    }
    Map<String, Seen> lengths = new HashMap<>();
    for (int i = 0; i < tensors.length; i++) {
      NetContract.Slot slot = contract.inputs().get(i);
      checkShape(slot, tensors[i].shape());
      checkSize(slot, tensors[i]);
      checkSymbols(contract, slot, tensors[i].shape(), lengths);
      checkValues(slot, tensors[i]);
    }
    Map<String, Long> result = new HashMap<>();
    lengths.forEach((symbol, seen) -> result.put(symbol, seen.length()));
    return result;
  }

  private static void checkShape(NetContract.Slot slot, long[] shape) {
    boolean fits = shape.length == slot.shape().size();
    for (int i = 0; fits && i < shape.length; i++) {
      Object wanted = slot.shape().get(i);
      fits = shape[i] >= 0 && (wanted instanceof String || wanted.equals(shape[i]));
    }
    if (!fits) {
      throw misfit(
          slot,
          "has shape " + Arrays.toString(shape) + ", the model takes " + slot.shape(),
          "give it the shape that the contract states");
    }
  }

  private static void checkSize(NetContract.Slot slot, NetTensor tensor) {
    if (tensor.elements() != tensor.remaining()) {
      throw misfit(
          slot,
          "has "
              + tensor.remaining()
              + " elements, its shape "
              + Arrays.toString(tensor.shape())
              + " asks for "
              + tensor.elements(),
          "give as many elements as the shape has, between the buffer's position and limit");
    }
  }

  private static void checkSymbols(
      NetContract contract, NetContract.Slot slot, long[] shape, Map<String, Seen> lengths) {
    for (int i = 0; i < shape.length; i++) {
      if (slot.shape().get(i) instanceof String symbol) {
        Seen before = lengths.putIfAbsent(symbol, new Seen(shape[i], slot.name()));
        if (before != null && before.length() != shape[i]) {
          throw misfit(
              slot,
              "has "
                  + symbol
                  + " "
                  + shape[i]
                  + ", '"
                  + before.input()
                  + "' has "
                  + before.length(),
              "give both the same " + symbol);
        }
        NetContract.Axis axis = contract.axes().get(symbol);
        if (axis != null && !axis.holds(shape[i])) {
          throw misfit(
              slot,
              "has " + symbol + " " + shape[i] + ", the model takes " + axis,
              "give tensors within these limits");
        }
      }
    }
  }

  private static void checkValues(NetContract.Slot slot, NetTensor tensor) {
    if (slot.finite() && !tensor.isFinite()) {
      throw misfit(
          slot,
          "holds a NaN or an infinity, which the model does not take",
          "give finite numbers");
    }
    if (!tensor.isText()) {
      throw misfit(
          slot,
          "holds a null or half of a surrogate pair, which is no text",
          "give texts");
    }
    String unknown = slot.texts().isEmpty() ? null : tensor.textOutside(slot.texts());
    if (unknown != null) {
      throw misfit(
          slot,
          "holds '" + unknown + "', which the model does not know",
          "give one of the texts that the contract lists");
    }
    if (!tensor.isClean()) {
      throw misfit(slot, "holds a byte that is no truth value", "give bytes that are 0 or 1");
    }
  }

  private static ModelException misfit(NetContract.Slot slot, String what, String fix) {
    return new ModelException(
        "MP205", "'" + slot.name() + "' " + what, "input '" + slot.name() + "'", fix, null);
  }
}
