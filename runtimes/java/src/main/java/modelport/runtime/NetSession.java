// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A loaded net: tensors in, tensors out. Thread-safe; {@link #close} waits for calls under way.
 */
public final class NetSession implements AutoCloseable {
  private final NetContract contract;
  private final LoadedGraph graph;
  // Null where no output is a text.
  private final NetTexts texts;

  /**
   * Loads a net.
   *
   * @param contract what it takes and gives
   * @param settings how it must be run
   * @param model the bytes of {@code model.onnx}
   * @param where where they were read, for messages
   * @throws modelport.api.ModelException if onnxruntime cannot load the graph, or it does not fit
   *     the contract
   */
  public NetSession(NetContract contract, Settings settings, byte[] model, String where) {
    this(contract, settings, model, where, null);
  }

  /**
   * Loads a net whose weights are files in a folder, which are mapped into memory.
   *
   * @param contract what it takes and gives
   * @param settings how it must be run
   * @param model the bytes of {@code model.onnx}
   * @param where where they were read, for messages
   * @param weights the folder, null where the model holds all numbers itself
   * @throws modelport.api.ModelException if onnxruntime cannot load the graph, or it does not fit
   *     the contract
   */
  public NetSession(
      NetContract contract, Settings settings, byte[] model, String where, Path weights) {
    this.contract = contract;
    Map<String, OnnxJavaType> inputs = types(contract.inputs());
    this.graph =
        LoadedGraph.open(inputs, types(contract.outputs()), settings, model, where, weights);
    this.texts = contract.outputs().stream().anyMatch(NetSession::isText) ? openTexts() : null;
  }

  private static boolean isText(NetContract.Slot slot) {
    return slot.element() == Element.STRING;
  }

  private NetTexts openTexts() {
    try {
      return NetTexts.open(graph.environment());
    } catch (OrtException failure) {
      graph.close();
      throw LoadedGraph.runFailed(failure);
    }
  }

  private static Map<String, OnnxJavaType> types(List<NetContract.Slot> slots) {
    Map<String, OnnxJavaType> result = new LinkedHashMap<>();
    slots.forEach(slot -> result.put(slot.name(), slot.element().tensorType()));
    return result;
  }

  /**
   * Runs the net once. Inputs in direct buffers are read where they are and must not change
   * meanwhile.
   *
   * @param inputs one for each input in contract order
   * @return one for each output in contract order, in memory of its own
   * @throws modelport.api.ModelException if a tensor does not fit the contract, or onnxruntime
   *     fails
   * @throws IllegalStateException if the net is closed
   */
  public NetTensor[] run(NetTensor[] inputs) {
    long[][] shapes = shapes(NetCheck.check(contract, inputs));
    return run(inputs, shapes, new NetTensor[shapes.length]);
  }

  /**
   * Runs the net once and writes into the memory of earlier outputs where their shapes are those of
   * the new ones; elsewhere it allocates memory that the next call can use again.
   *
   * @param inputs one for each input in contract order
   * @param earlier what a call before gave, null at the first
   * @return one for each output in contract order
   * @throws modelport.api.ModelException if a tensor does not fit the contract, or onnxruntime
   *     fails
   * @throws IllegalStateException if the net is closed
   */
  public NetTensor[] rerun(NetTensor[] inputs, NetTensor[] earlier) {
    long[][] shapes = shapes(NetCheck.check(contract, inputs));
    NetTensor[] places = new NetTensor[shapes.length];
    for (int i = 0; i < places.length; i++) {
      Element element = contract.outputs().get(i).element();
      if (shapes[i] != null && !isEmpty(shapes[i]) && element != Element.STRING) {
        boolean fits = earlier != null && earlier[i].canHold(element, shapes[i]);
        places[i] = fits ? earlier[i] : NetTensor.direct(element, shapes[i]);
      }
    }
    return run(inputs, shapes, places);
  }

  /** The shapes of the outputs; null for one that nobody knows before the run. */
  private long[][] shapes(Map<String, Long> lengths) {
    return contract.outputs().stream()
        .map(slot -> shape(slot, lengths))
        .toArray(long[][]::new);
  }

  private static long[] shape(NetContract.Slot slot, Map<String, Long> lengths) {
    long[] shape = new long[slot.shape().size()];
    for (int i = 0; i < shape.length; i++) {
      Object axis = slot.shape().get(i);
      Long length = axis instanceof Long fixed ? fixed : lengths.get(axis);
      if (length == null) {
        return null;
      }
      shape[i] = length;
    }
    return shape;
  }

  private static boolean isEmpty(long[] shape) {
    return Arrays.stream(shape).anyMatch(length -> length == 0);
  }

  /** Runs into the places that are given, and into memory of its own where there is none. */
  private NetTensor[] run(NetTensor[] inputs, long[][] shapes, NetTensor[] places) {
    graph.enter();
    Map<String, OnnxTensor> given = new LinkedHashMap<>();
    Map<String, OnnxTensor> pinned = new LinkedHashMap<>();
    List<AutoCloseable> owned = new ArrayList<>();
    Set<String> made = new LinkedHashSet<>();
    try {
      // Several operators of onnxruntime 1.29 divide by the length of an empty batch, which ends the
      // process: where nothing is asked for, nothing is run.
      if (Arrays.stream(shapes).allMatch(shape -> shape != null && isEmpty(shape))) {
        return IntStream.range(0, shapes.length)
            .mapToObj(i -> NetTensor.empty(contract.outputs().get(i).element(), shapes[i]))
            .toArray(NetTensor[]::new);
      }
      for (int i = 0; i < inputs.length; i++) {
        given.put(contract.inputs().get(i).name(), tensor(inputs[i], owned));
      }
      for (int i = 0; i < places.length; i++) {
        String name = contract.outputs().get(i).name();
        if (places[i] == null) {
          made.add(name);
        } else {
          pinned.put(name, tensor(places[i], owned));
        }
      }
      try (OrtSession.Result result = graph.session().run(given, made, pinned)) {
        NetTensor[] answer = places.clone();
        for (int i = 0; i < answer.length; i++) {
          NetContract.Slot slot = contract.outputs().get(i);
          if (shapes[i] != null && isEmpty(shapes[i])) {
            // Reductions of onnxruntime 1.29 give an empty tensor the shape of what they reduce.
            answer[i] = NetTensor.empty(slot.element(), shapes[i]);
          } else if (answer[i] == null) {
            OnnxTensor tensor = (OnnxTensor) result.get(slot.name()).orElseThrow();
            answer[i] =
                isText(slot)
                    ? NetTensor.of(texts.read(tensor), tensor.getInfo().getShape())
                    : NetTensor.copyOf(slot.element(), tensor);
          }
        }
        return answer;
      }
    } catch (OrtException failure) {
      throw LoadedGraph.runFailed(failure);
    } finally {
      owned.forEach(NetSession::free);
      graph.leave();
    }
  }

  private OnnxTensor tensor(NetTensor tensor, List<AutoCloseable> owned) throws OrtException {
    if (tensor.element() == Element.STRING) {
      TextTensor made = tensor.textTensor(graph.environment());
      owned.add(made);
      return made.tensor();
    }
    OnnxTensor made = tensor.tensor(graph.environment());
    owned.add(made);
    return made;
  }

  private static void free(AutoCloseable tensor) {
    try {
      tensor.close();
    } catch (Exception failure) {
      throw new IllegalStateException("onnxruntime cannot free a tensor", failure);
    }
  }

  /** Frees the net after the calls under way; later calls do nothing. */
  @Override
  public void close() {
    graph.close();
    if (texts != null) {
      texts.close();
    }
  }
}
