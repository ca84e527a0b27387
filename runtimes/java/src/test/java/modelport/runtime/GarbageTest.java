// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A run with numbers only must allocate what onnxruntime's own run allocates, and nothing more. */
class GarbageTest {
  private static final int RUNS = 2000;

  private interface Action {
    void run() throws OrtException;
  }

  @Test
  void aRunMakesNoObjectOfItsOwn() throws OrtException {
    Contract full = Models.contract("matrix");
    List<Contract.Output> numbers = List.of(full.outputs().get(0));
    Contract contract =
        new Contract(
            full.inputs(),
            full.features(),
            List.of(),
            numbers,
            full.missingString(),
            full.unknownString());
    try (Engine engine = Models.engine("matrix", contract);
        Workspace work = new Workspace(engine, 4);
        SharedTensor in = new SharedTensor(DataType.FLOAT32, 4, 3, false);
        SharedTensor out = new SharedTensor(DataType.FLOAT32, 4, 3, false)) {
      Map<String, OnnxTensor> inputs = Map.of("X", in.tensor(engine.environment(), 4));
      Map<String, OnnxTensor> outputs = Map.of("transformed", out.tensor(engine.environment(), 4));
      double bare =
          bytesPerRun(
              () -> {
                try (OrtSession.Result result = engine.session().run(inputs, Set.of(), outputs)) {
                  result.size();
                }
              });
      double ours =
          bytesPerRun(
              () -> {
                for (int row = 0; row < 4; row++) {
                  work.set(row, 0, (double) row);
                  work.set(row, 1, 3L);
                  work.set(row, 2, Boolean.TRUE);
                }
                work.run(4);
                for (int row = 0; row < 4; row++) {
                  work.status(row);
                  work.number(0, row, 2);
                }
              });
      // Other kinds of Map have other iterators: a few dozen bytes.
      assertTrue(ours <= bare + 64, ours + " bytes a run, onnxruntime alone " + bare);
    }
  }

  private static double bytesPerRun(Action action) throws OrtException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < RUNS; i++) {
      action.run();
    }
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < RUNS; i++) {
      action.run();
    }
    return (double) (threads.getCurrentThreadAllocatedBytes() - before) / RUNS;
  }
}
