// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import modelport.api.ModelException;
import org.junit.jupiter.api.Test;

class EngineTest {
  @Test
  void whatIsNoGraphIsRefused() {
    Contract contract = Models.contract("types");
    ModelException failure =
        assertThrows(
            ModelException.class,
            () -> Engine.open(contract, Models.SETTINGS, new byte[] {1, 2, 3}, "here"));
    assertEquals("MP503", failure.code());
    assertEquals("here", failure.where());
  }

  @Test
  void aGraphThatDoesNotFitTheContractIsRefused() {
    Contract contract = Models.contract("types");
    byte[] model = Resources.read(Models.class, "matrix.onnx");
    ModelException failure =
        assertThrows(
            ModelException.class, () -> Engine.open(contract, Models.SETTINGS, model, "here"));
    assertEquals("MP402", failure.code());
    assertTrue(failure.getMessage().contains("\n  fix:   take model"), failure.getMessage());
  }

  @Test
  void closeWaitsForCallsUnderWay() throws InterruptedException {
    Engine engine = Models.engine("types");
    engine.enter();
    CountDownLatch freed = new CountDownLatch(1);
    Thread closer =
        new Thread(
            () -> {
              engine.close();
              freed.countDown();
            });
    closer.start();
    while (!engine.isClosed()) {
      Thread.onSpinWait();
    }
    assertThrows(IllegalStateException.class, engine::enter);
    assertEquals(false, freed.await(50, TimeUnit.MILLISECONDS));
    engine.leave();
    assertTrue(freed.await(10, TimeUnit.SECONDS));
    engine.close();
  }

  @Test
  void filesAreCompared() {
    byte[] bytes = {1};
    String sha256 = "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a";
    assertEquals(bytes, Resources.verified(bytes, sha256, "here"));
    assertCode("MP401", () -> Resources.verified(new byte[] {2}, sha256, "here"));
    assertCode("MP402", () -> Resources.read(Models.class, "absent.onnx"));
    assertCode("MP402", () -> Resources.read(Path.of("absent", "model.onnx")));
  }

  private static void assertCode(String code, org.junit.jupiter.api.function.Executable action) {
    assertEquals(code, assertThrows(ModelException.class, action).code());
  }
}
