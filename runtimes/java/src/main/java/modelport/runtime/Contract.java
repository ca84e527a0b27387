// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import modelport.api.Status;

/**
 * The named, typed inputs and outputs of a model and what every odd value does, as {@code
 * contract.json} states it. Immutable and thread-safe.
 */
public final class Contract {
  /** The width of a tensor that is as wide as the rows of a text step ask for. */
  static final int ANY_WIDTH = 0;

  /** The input of a feature that goes into no tensor: only text steps read it. */
  static final int NO_INPUT = -1;

  /** One input tensor [N, width]. */
  public record Input(String name, DataType element, int width) {}

  /**
   * One named column of a row.
   *
   * @param name the name in the training data
   * @param dtype the type in the typed API
   * @param input index of the input tensor that takes it, -1 when only text steps read it
   * @param column its column in that tensor
   * @param missingAccepted whether a row may lack it
   * @param infiniteAccepted whether it may be infinite
   * @param maxAbs the largest magnitude the original model can represent, infinity when there is no
   *     such limit
   * @param least the least finite number it takes, minus infinity when there is no such limit
   * @param greatest the greatest finite number it takes, infinity when there is no such limit
   * @param categories the texts the model knows, or null when any text means something to it
   * @param numbers the numbers the model knows, or null when any number means something to it
   * @param unknownAccepted whether a value outside the categories or numbers is accepted
   */
  public record Feature(
      String name,
      DataType dtype,
      int input,
      int column,
      boolean missingAccepted,
      boolean infiniteAccepted,
      double maxAbs,
      double least,
      double greatest,
      Set<String> categories,
      List<Double> numbers,
      boolean unknownAccepted) {}

  /**
   * One output tensor.
   *
   * @param name its name in the graph and in every language
   * @param label whether it holds labels; numbers otherwise
   * @param dtype the element type
   * @param scalar whether it is [N]; [N, width] otherwise
   * @param width values a row, 1 when scalar
   * @param classes the labels it can take or the names of its columns, empty when it has neither
   */
  public record Output(
      String name,
      boolean label,
      DataType dtype,
      boolean scalar,
      int width,
      List<Object> classes) {}

  /**
   * How a text feature becomes two input tensors.
   *
   * @param feature index of the feature
   * @param ids index of the input of the ids of its terms
   * @param counts index of the input of how often each stands there
   * @param step what makes terms of a text
   * @param denseWidth how many numbers a row the graph makes of it, 0 when only of what is there
   */
  record Text(int feature, int ids, int counts, TextStep step, int denseWidth) {}

  private final List<Input> inputs;
  private final List<Feature> features;
  private final List<Text> texts;
  private final List<Output> outputs;
  private final String missingString;
  private final String unknownString;
  private final Map<String, Integer> indexByName = new HashMap<>();

  Contract(
      List<Input> inputs,
      List<Feature> features,
      List<Text> texts,
      List<Output> outputs,
      String missingString,
      String unknownString) {
    this.inputs = List.copyOf(inputs);
    this.features = List.copyOf(features);
    this.texts = List.copyOf(texts);
    this.outputs = List.copyOf(outputs);
    this.missingString = missingString;
    this.unknownString = unknownString;
    for (Feature feature : features) {
      indexByName.put(feature.name(), indexByName.size());
    }
  }

  /** Returns the input tensors of the graph. */
  public List<Input> inputs() {
    return inputs;
  }

  /** Returns the columns of a caller's row, in the order in which a row is checked. */
  public List<Feature> features() {
    return features;
  }

  /** Returns the text steps. */
  List<Text> texts() {
    return texts;
  }

  /** Returns the output tensors of the graph. */
  public List<Output> outputs() {
    return outputs;
  }

  /** Returns the text that stands for a missing string in the graph. */
  public String missingString() {
    return missingString;
  }

  /** Returns the text that stands for an unknown category in the graph. */
  public String unknownString() {
    return unknownString;
  }

  /** Returns the names of the features in contract order. */
  public List<String> featureNames() {
    return features.stream().map(Feature::name).toList();
  }

  /** Returns the index of a feature, -1 when there is none of that name. */
  public int featureIndex(String name) {
    return indexByName.getOrDefault(name, -1);
  }

  /**
   * Returns the classes of an output in the source's order.
   *
   * @param output index of the output
   * @param type String, Long, Boolean or Double
   * @param <T> that type
   */
  public <T> List<T> classes(int output, Class<T> type) {
    return outputs.get(output).classes().stream().map(type::cast).toList();
  }

  /** Returns what a row is told: "ok", or the status' name and the feature's. */
  public String reason(Status status, int feature) {
    return feature < 0 ? status.text() : status.text() + ": " + features.get(feature).name();
  }
}
