// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tensors that a net takes and gives, as {@code contract.json} states them. Immutable and
 * thread-safe.
 *
 * @param inputs the tensors a caller gives
 * @param outputs the tensors a caller gets
 * @param axes the lengths that callers choose, by symbol
 */
public record NetContract(List<Slot> inputs, List<Slot> outputs, Map<String, Axis> axes) {
  private static final int VERSION = 1;

  /**
   * One tensor.
   *
   * @param name its name in the graph and in every language
   * @param element the type of its elements
   * @param shape for each axis its length, a Long, or the symbol of a length that callers choose
   * @param finite whether NaN and infinities are refused
   * @param texts the only texts that are taken; none where any is
   */
  public record Slot(
      String name, Element element, List<Object> shape, boolean finite, Set<String> texts) {
    /** Copies the collections. */
    public Slot {
      shape = List.copyOf(shape);
      texts = Set.copyOf(texts);
    }

    /** A tensor that takes any text. */
    public Slot(String name, Element element, List<Object> shape, boolean finite) {
      this(name, element, shape, finite, Set.of());
    }
  }

  /**
   * The lengths a symbol may stand for.
   *
   * @param least the least
   * @param most the greatest, Long.MAX_VALUE where there is none
   */
  public record Axis(long least, long most) {
    boolean holds(long length) {
      return least <= length && length <= most;
    }

    @Override
    public String toString() {
      return most == Long.MAX_VALUE ? least + " or more" : least + " to " + most;
    }
  }

  /** Copies the collections. */
  public NetContract {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    axes = Map.copyOf(axes);
  }

  /**
   * Parses a contract.
   *
   * @param json the bytes of {@code contract.json}
   * @return the contract
   * @throws IllegalArgumentException if it is no contract of a net, or of another version
   */
  public static NetContract read(byte[] json) {
    Map<?, ?> root = (Map<?, ?>) Json.parse(new String(json, StandardCharsets.UTF_8));
    if (!Long.valueOf(VERSION).equals(root.get("contract_version"))
        || !"tensors".equals(root.get("layout"))) {
      throw new IllegalArgumentException(
          "contract.json is of version "
              + root.get("contract_version")
              + " and layout "
              + root.get("layout")
              + ", this library reads version "
              + VERSION
              + " and layout tensors");
    }
    Map<String, Axis> axes = new LinkedHashMap<>();
    if (root.get("axes") instanceof List<?> given) {
      for (Object item : given) {
        Map<?, ?> axis = (Map<?, ?>) item;
        long most = axis.get("most") == null ? Long.MAX_VALUE : (Long) axis.get("most");
        axes.put((String) axis.get("symbol"), new Axis((Long) axis.get("least"), most));
      }
    }
    return new NetContract(slots(root, "inputs", "element"), slots(root, "outputs", "dtype"), axes);
  }

  private static List<Slot> slots(Map<?, ?> root, String key, String type) {
    List<Slot> result = new ArrayList<>();
    for (Object item : (List<?>) root.get(key)) {
      Map<?, ?> json = (Map<?, ?>) item;
      result.add(
          new Slot(
              (String) json.get("name"),
              Element.parse((String) json.get(type)),
              new ArrayList<>((List<?>) json.get("shape")),
              Boolean.TRUE.equals(json.get("finite")),
              texts(json.get("texts"))));
    }
    return result;
  }

  private static Set<String> texts(Object json) {
    Set<String> result = new HashSet<>();
    if (json instanceof List<?> texts) {
      texts.forEach(text -> result.add((String) text));
    }
    return result;
  }
}
