// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import modelport.api.Status;
import org.junit.jupiter.api.Test;

class ContractReaderTest {
  private final Contract contract = Models.contract("types");

  @Test
  void readsFeatures() {
    Contract.Feature number = contract.features().get(0);
    assertEquals("f64", number.name());
    assertEquals(DataType.FLOAT64, number.dtype());
    assertFalse(number.missingAccepted());
    assertFalse(number.infiniteAccepted());
    assertEquals(100.0, number.maxAbs());
    assertNull(number.categories());
    assertEquals(Double.POSITIVE_INFINITY, contract.features().get(1).maxAbs());
    assertTrue(contract.features().get(4).categories().contains("smile \ud83d\ude00"));
    assertEquals(List.of("c", "a", "b"), Models.contract("matrix").featureNames());
    assertEquals(2, Models.contract("matrix").features().get(0).column());
  }

  @Test
  void readsOutputs() {
    Contract.Output seen = contract.outputs().get(1);
    assertFalse(seen.label());
    assertFalse(seen.scalar());
    assertEquals(4, seen.width());
    assertEquals(List.of(1.5, 0.0), contract.classes(3, Double.class));
    assertEquals(List.of(30L, 10L, 20L), contract.classes(4, Long.class));
    assertEquals(List.of(false, true), contract.classes(5, Boolean.class));
  }

  @Test
  void findsFeaturesAndReasons() {
    assertEquals(4, contract.featureIndex("colour"));
    assertEquals(-1, contract.featureIndex("color"));
    assertEquals("ok", contract.reason(Status.OK, -1));
    assertEquals("out_of_range: f64", contract.reason(Status.OUT_OF_RANGE, 0));
  }

  @Test
  void refusesTypesThatLoseValues() {
    assertRefused("\"element\": \"double\"", "\"element\": \"int64\"", "i64 of type INT64");
    assertRefused("\"element\": \"double\"", "\"element\": \"string\"", "f64 of type FLOAT64");
    assertRefused("\"input\": \"text\"", "\"input\": \"nowhere\"", "text has no tensor");
    assertRefused("\"contract_version\": 1", "\"contract_version\": 2", "version 2");
  }

  private static void assertRefused(String part, String replacement, String message) {
    byte[] json = Resources.read(Models.class, "types.json");
    String changed = new String(json, StandardCharsets.UTF_8).replace(part, replacement);
    // The int64 column is the third tensor of type double: keep the first ones readable.
    if (message.startsWith("i64")) {
      changed = changed.replaceFirst("\"element\": \"int64\"", "\"element\": \"double\"");
    }
    byte[] bytes = changed.getBytes(StandardCharsets.UTF_8);
    Exception refusal =
        assertThrows(IllegalArgumentException.class, () -> ContractReader.read(bytes));
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }
}
