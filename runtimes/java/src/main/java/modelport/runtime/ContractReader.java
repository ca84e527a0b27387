// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads {@code contract.json} and refuses what this runtime cannot carry out. */
public final class ContractReader {
  private static final int VERSION = 1;
  private static final int STEP_VERSION = 1;

  private ContractReader() {}

  /**
   * Parses a contract without text steps.
   *
   * @param json the bytes of {@code contract.json}
   * @return the contract
   * @throws IllegalArgumentException if it is no contract, or one that asks for an impossible
   *     conversion
   */
  public static Contract read(byte[] json) {
    return read(json, null);
  }

  /**
   * Parses a contract.
   *
   * @param json the bytes of {@code contract.json}
   * @param text the bytes of {@code text.bin}, null where there are no text steps
   * @return the contract
   * @throws IllegalArgumentException if it is no contract, or one that asks for an impossible
   *     conversion
   */
  public static Contract read(byte[] json, byte[] text) {
    Map<?, ?> root = (Map<?, ?>) Json.parse(new String(json, StandardCharsets.UTF_8));
    if (integer(root, "contract_version") != VERSION) {
      throw new IllegalArgumentException(
          "contract.json has version "
              + root.get("contract_version")
              + ", this library reads "
              + VERSION);
    }
    List<Contract.Input> inputs = new ArrayList<>();
    for (Map<?, ?> input : objects(root, "inputs")) {
      DataType element = DataType.parse(text(input, "element"));
      int width = input.get("width") == null ? Contract.ANY_WIDTH : integer(input, "width");
      inputs.add(new Contract.Input(text(input, "name"), element, width));
    }
    List<String> inputNames = inputs.stream().map(Contract.Input::name).toList();
    List<Contract.Feature> features = new ArrayList<>();
    for (Map<?, ?> feature : objects(root, "features")) {
      features.add(checked(feature(feature, inputNames), inputs));
    }
    List<Contract.Output> outputs = new ArrayList<>();
    for (Map<?, ?> output : objects(root, "outputs")) {
      outputs.add(output(output));
    }
    return new Contract(
        inputs,
        features,
        texts(root, features, inputNames, text),
        outputs,
        text(root, "missing_string"),
        text(root, "unknown_string"));
  }

  private static List<Contract.Text> texts(
      Map<?, ?> root, List<Contract.Feature> features, List<String> inputNames, byte[] text) {
    List<Map<?, ?>> steps = root.get("text_steps") == null ? List.of() : objects(root, "text_steps");
    if (steps.isEmpty()) {
      return List.of();
    }
    if (text == null) {
      throw new IllegalArgumentException("contract.json has text steps, and text.bin is not there");
    }
    List<String> featureNames = features.stream().map(Contract.Feature::name).toList();
    List<TextStep> tables = TextFile.read(text);
    List<Contract.Text> result = new ArrayList<>();
    for (Map<?, ?> step : steps) {
      if (integer(step, "version") != STEP_VERSION) {
        throw new IllegalArgumentException(
            "a text step has version "
                + step.get("version")
                + ", this library reads "
                + STEP_VERSION);
      }
      result.add(
          new Contract.Text(
              featureNames.indexOf(text(step, "feature")),
              inputNames.indexOf(text(step, "ids")),
              inputNames.indexOf(text(step, "counts")),
              tables.get(result.size()),
              integer(step, "dense_width")));
    }
    return result;
  }

  private static Contract.Feature feature(Map<?, ?> json, List<String> inputNames) {
    Number maxAbs = (Number) json.get("max_abs");
    Number least = (Number) json.get("least");
    Number greatest = (Number) json.get("greatest");
    List<?> categories = (List<?>) json.get("categories");
    List<?> numbers = (List<?>) json.get("numbers");
    return new Contract.Feature(
        text(json, "name"),
        DataType.parse(text(json, "dtype")),
        input(json, inputNames),
        integer(json, "column"),
        accepts(json, "missing"),
        accepts(json, "infinite"),
        maxAbs == null ? Double.POSITIVE_INFINITY : maxAbs.doubleValue(),
        least == null ? Double.NEGATIVE_INFINITY : least.doubleValue(),
        greatest == null ? Double.POSITIVE_INFINITY : greatest.doubleValue(),
        categories == null ? null : texts(categories),
        numbers == null ? null : numbers.stream().map(n -> ((Number) n).doubleValue()).toList(),
        accepts(json, "unknown"));
  }

  /** The index of a feature's tensor; none when the contract names none. */
  private static int input(Map<?, ?> feature, List<String> inputNames) {
    if (feature.get("input") == null) {
      return Contract.NO_INPUT;
    }
    int index = inputNames.indexOf(text(feature, "input"));
    if (index < 0) {
      throw new IllegalArgumentException("feature " + feature.get("name") + " has no tensor");
    }
    return index;
  }

  /** Refuses pairs of types without a conversion that keeps the meaning of every value. */
  private static Contract.Feature checked(Contract.Feature feature, List<Contract.Input> inputs) {
    if (feature.input() == Contract.NO_INPUT && feature.dtype() == DataType.STRING) {
      return feature;
    }
    if (feature.input() < 0 || feature.column() >= inputs.get(feature.input()).width()) {
      throw new IllegalArgumentException("feature " + feature.name() + " has no tensor");
    }
    DataType element = inputs.get(feature.input()).element();
    boolean floating = element == DataType.FLOAT64 || element == DataType.FLOAT32;
    boolean fits =
        switch (feature.dtype()) {
          case FLOAT64, FLOAT32 -> floating;
          // Only a floating tensor can say that a whole number is missing.
          case INT64 -> floating || element == DataType.INT64 && !feature.missingAccepted();
          case BOOL -> floating || element != DataType.STRING && !feature.missingAccepted();
          case STRING -> element == DataType.STRING;
        };
    if (!fits) {
      throw new IllegalArgumentException(
          "feature "
              + feature.name()
              + " of type "
              + feature.dtype()
              + " does not fit a tensor of "
              + element);
    }
    return feature;
  }

  private static Contract.Output output(Map<?, ?> json) {
    Object width = json.get("width");
    DataType dtype = DataType.parse(text(json, "dtype"));
    boolean label = text(json, "role").equals("label");
    List<?> classes = (List<?>) json.get("classes");
    if (label && classes == null) {
      throw new IllegalArgumentException("label output " + json.get("name") + " lists no classes");
    }
    return new Contract.Output(
        text(json, "name"),
        label,
        dtype,
        width == null,
        width == null ? 1 : ((Long) width).intValue(),
        classes == null ? List.of() : List.copyOf(label ? typed(classes, dtype) : classes));
  }

  /**
   * A JSON writer may drop the point of 1.0: the classes of a double label are doubles all the
   * same.
   */
  private static List<?> typed(List<?> classes, DataType dtype) {
    return dtype == DataType.FLOAT64 || dtype == DataType.FLOAT32
        ? classes.stream().map(c -> (Object) ((Number) c).doubleValue()).toList()
        : classes;
  }

  private static List<Map<?, ?>> objects(Map<?, ?> json, String key) {
    List<Map<?, ?>> result = new ArrayList<>();
    for (Object item : (List<?>) json.get(key)) {
      result.add((Map<?, ?>) item);
    }
    return result;
  }

  private static Set<String> texts(List<?> items) {
    Set<String> result = new LinkedHashSet<>();
    items.forEach(item -> result.add((String) item));
    return Collections.unmodifiableSet(result);
  }

  private static boolean accepts(Map<?, ?> json, String key) {
    return text(json, key).equals("accept");
  }

  private static String text(Map<?, ?> json, String key) {
    if (json.get(key) instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("contract.json lacks the text '" + key + "'");
  }

  private static int integer(Map<?, ?> json, String key) {
    if (json.get(key) instanceof Long number) {
      return Math.toIntExact(number);
    }
    throw new IllegalArgumentException("contract.json lacks the number '" + key + "'");
  }
}
