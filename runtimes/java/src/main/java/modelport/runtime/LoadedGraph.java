// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import modelport.api.ModelException;

/**
 * A graph that onnxruntime has loaded, whatever its callers give it. Thread-safe: any number of
 * calls run at once, and {@link #close} waits for them, so that native memory is never freed under
 * a running call.
 */
final class LoadedGraph implements AutoCloseable {
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final AtomicBoolean closed = new AtomicBoolean();
  // One permit for each call under way; close takes them all. A read lock would allocate on each
  // call.
  private final Semaphore permits = new Semaphore(Integer.MAX_VALUE);

  private LoadedGraph(OrtEnvironment environment, OrtSession session) {
    this.environment = environment;
    this.session = session;
  }

  /**
   * Loads a graph and checks that its tensors are those of the contract.
   *
   * @param inputs the element types of all inputs by name
   * @param outputs the element types of the outputs by name
   * @param settings how it must be run
   * @param model the bytes of {@code model.onnx}
   * @param where where they were read, for messages
   * @param weights the folder of files that the graph refers to, null where it refers to none
   * @throws ModelException if onnxruntime cannot load the graph, or it does not fit the contract
   */
  static LoadedGraph open(
      Map<String, OnnxJavaType> inputs,
      Map<String, OnnxJavaType> outputs,
      Settings settings,
      byte[] model,
      String where,
      Path weights) {
    OrtEnvironment environment = loadLibrary();
    OrtSession session;
    try (OrtSession.SessionOptions options = settings.options()) {
      if (weights != null) {
        options.addConfigEntry(
            "session.model_external_initializers_file_folder_path", weights.toString());
        // Rearranged for faster products they would be copied out of the mapped file.
        options.addConfigEntry("session.disable_prepacking", "1");
      }
      session = environment.createSession(model, options);
    } catch (OrtException failure) {
      throw new ModelException(
          "MP503",
          "onnxruntime "
              + environment.getVersion()
              + " cannot load the model: "
              + failure.getMessage(),
          where,
          "use the onnxruntime version that the library's pom.xml names",
          failure);
    }
    try {
      checkTensors(inputs, outputs, session, where);
      return new LoadedGraph(environment, session);
    } catch (OrtException | RuntimeException failure) {
      closeQuietly(session, failure);
      if (failure instanceof ModelException known) {
        throw known;
      }
      throw runFailed(failure);
    }
  }

  /**
   * The first use of onnxruntime in a JVM unpacks and loads its native library, and fails in many
   * ways.
   */
  private static OrtEnvironment loadLibrary() {
    try {
      return OrtEnvironment.getEnvironment();
    } catch (LinkageError | RuntimeException failure) {
      Throwable cause = failure;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new ModelException(
          "MP502",
          "onnxruntime cannot load its native library: " + cause,
          System.getProperty("os.name") + " " + System.getProperty("os.arch"),
          "name a writable folder without noexec with -Djava.io.tmpdir, or the folder of its"
              + " unpacked libraries with -Donnxruntime.native.path",
          failure);
    }
  }

  OrtEnvironment environment() {
    return environment;
  }

  /** The session, for use between {@link #enter} and {@link #leave}. */
  OrtSession session() {
    return session;
  }

  /** Keeps the session open until {@link #leave}. */
  void enter() {
    if (closed.get() || !permits.tryAcquire()) {
      throw new IllegalStateException("the model is closed; load it again");
    }
  }

  void leave() {
    permits.release();
  }

  /** Returns whether {@link #close} was called. */
  boolean isClosed() {
    return closed.get();
  }

  static ModelException runFailed(Exception failure) {
    return new ModelException(
        "MP503",
        "onnxruntime cannot run the model: " + failure.getMessage(),
        "model.onnx",
        "use the onnxruntime version that the library's pom.xml names, and run selfTest()",
        failure);
  }

  /** Waits for calls under way, then frees the session. Later calls do nothing. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      permits.acquireUninterruptibly(Integer.MAX_VALUE);
      try {
        session.close();
      } catch (OrtException failure) {
        throw runFailed(failure);
      }
    }
  }

  // onnxruntime writes into pinned memory; memory of another type or width must never get that far.
  private static void checkTensors(
      Map<String, OnnxJavaType> inputs,
      Map<String, OnnxJavaType> outputs,
      OrtSession session,
      String where)
      throws OrtException {
    Map<String, NodeInfo> taken = session.getInputInfo();
    Map<String, NodeInfo> given = session.getOutputInfo();
    if (taken.size() != inputs.size()) {
      throw misfit("inputs " + taken.keySet(), where);
    }
    inputs.forEach((name, type) -> checkTensor(taken.get(name), name, type, where));
    outputs.forEach((name, type) -> checkTensor(given.get(name), name, type, where));
  }

  private static void checkTensor(NodeInfo node, String name, OnnxJavaType type, String where) {
    if (node == null) {
      throw misfit("no tensor '" + name + "'", where);
    }
    if (!(node.getInfo() instanceof TensorInfo info) || info.type != type) {
      throw misfit("'" + name + "' as " + node.getInfo(), where);
    }
  }

  private static ModelException misfit(String seen, String where) {
    return new ModelException(
        "MP402",
        "the model has " + seen + ", which its contract does not say",
        where,
        "take model and library from the same bundle",
        null);
  }

  private static void closeQuietly(OrtSession session, Exception reason) {
    try {
      session.close();
    } catch (OrtException failure) {
      reason.addSuppressed(failure);
    }
  }
}
