// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.util.LinkedHashMap;
import java.util.Map;
import modelport.api.ModelException;

/** A loaded graph of rows with its contract. Thread-safe, as {@link LoadedGraph} is. */
public final class Engine implements AutoCloseable {
  private final Contract contract;
  private final LoadedGraph graph;

  private Engine(Contract contract, LoadedGraph graph) {
    this.contract = contract;
    this.graph = graph;
  }

  /**
   * Loads a graph and checks that its tensors are those of the contract.
   *
   * @param contract what the graph takes and gives
   * @param settings how it must be run
   * @param model the bytes of {@code model.onnx}
   * @param where where they were read, for messages
   * @return the engine; the caller closes it
   * @throws ModelException if onnxruntime cannot load the graph, or it does not fit the contract
   */
  public static Engine open(Contract contract, Settings settings, byte[] model, String where) {
    Map<String, OnnxJavaType> inputs = new LinkedHashMap<>();
    contract.inputs().forEach(input -> inputs.put(input.name(), input.element().tensorType()));
    Map<String, OnnxJavaType> outputs = new LinkedHashMap<>();
    contract.outputs().forEach(output -> outputs.put(output.name(), output.dtype().tensorType()));
    return new Engine(contract, LoadedGraph.open(inputs, outputs, settings, model, where, null));
  }

  Contract contract() {
    return contract;
  }

  OrtEnvironment environment() {
    return graph.environment();
  }

  /** The session, for use between {@link #enter} and {@link #leave}. */
  OrtSession session() {
    return graph.session();
  }

  /** Keeps the session open until {@link #leave}. */
  void enter() {
    graph.enter();
  }

  void leave() {
    graph.leave();
  }

  /** Returns whether {@link #close} was called. */
  boolean isClosed() {
    return graph.isClosed();
  }

  static ModelException runFailed(Exception failure) {
    return LoadedGraph.runFailed(failure);
  }

  /** Waits for calls under way, then frees the session. Later calls do nothing. */
  @Override
  public void close() {
    graph.close();
  }
}
