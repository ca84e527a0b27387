// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PredictorTest {
  private final Predictor<Integer, Double> predictor =
      new Predictor<>(
          Models.engine("matrix"),
          (features, work, row) -> {
            work.set(row, 0, (double) features);
            work.set(row, 1, features.longValue());
            work.set(row, 2, Boolean.TRUE);
          },
          (work, row) -> work.number(0, row, 2));

  @AfterEach
  void close() {
    predictor.close();
  }

  @Test
  void everyBatchSizeGivesTheSame() {
    assertEquals(List.of(), predictor.predict(List.of()));
    for (int size : new int[] {1, 2, 7, 64, 4096, 4097, 10_000, 3}) {
      List<Integer> rows = IntStream.range(0, size).boxed().toList();
      List<Double> expected = rows.stream().map(row -> 2.0 * row).toList();
      assertEquals(expected, predictor.predict(rows));
    }
    assertEquals(10.0, predictor.predict(5));
  }

  @Test
  void threadsDoNotMeet() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> results = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        int first = thread * 1000;
        results.add(
            threads.submit(
                () ->
                    IntStream.range(first, first + 1000)
                        .allMatch(i -> predictor.predict(i) == 2.0 * i)));
      }
      for (Future<Boolean> result : results) {
        assertTrue(result.get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void closingUnderLoadEndsInIllegalState() throws InterruptedException {
    List<Throwable> ends = java.util.Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (true) {
                  predictor.predict(List.of(1, 2, 3));
                }
              });
      thread.setUncaughtExceptionHandler((ended, why) -> ends.add(why));
      thread.start();
      threads.add(thread);
    }
    Thread.sleep(100);
    predictor.close();
    predictor.close();
    for (Thread thread : threads) {
      thread.join(10_000);
    }
    assertEquals(4, ends.size());
    ends.forEach(why -> assertEquals(IllegalStateException.class, why.getClass()));
    assertThrows(IllegalStateException.class, () -> predictor.predict(List.of()));
    assertThrows(IllegalStateException.class, () -> predictor.predict(1));
  }

  @Test
  void aNullRowIsNamed() {
    NullPointerException failure =
        assertThrows(
            NullPointerException.class, () -> predictor.predict(Arrays.asList(1, 2, null)));
    assertEquals("rows[2]", failure.getMessage());
  }
}
