// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FeatureValuesTest {
  private final FeatureValues values = new FeatureValues(Models.contract("types"));

  @Test
  void takesValuesByName() {
    values.put("f64", 3);
    values.put("f32", 0.1);
    values.put("i64", 12.0);
    values.put("flag", true);
    values.put("colour", "red");
    values.put("text", null);
    assertEquals(3.0, values.getDouble(0));
    assertEquals(0.1f, values.getFloat(1));
    assertEquals(12L, values.getLong(2));
    assertEquals(true, values.getBoolean(3));
    assertEquals("red", values.getText(4));
    assertNull(values.getText(5));
    assertEquals("f64=3.0, f32=0.1, i64=12, flag=true, colour=red, text=null", values.toString());
  }

  @Test
  void refusesValuesWithoutAPlace() {
    assertRefused("color", 1, "no feature 'color'");
    assertRefused("f64", "3", "f64 is a feature of type FLOAT64 and takes no String 3");
    assertRefused("i64", 0.5, "takes no Double 0.5");
    assertRefused("flag", 1, "takes no Integer 1");
    assertRefused("text", 1, "takes no Integer 1");
  }

  private void assertRefused(String name, Object value, String message) {
    Exception refusal = assertThrows(IllegalArgumentException.class, () -> values.put(name, value));
    assertTrue(refusal.getMessage().contains(message), refusal.getMessage());
  }

  @Test
  void namesAllThatWereForgotten() {
    Exception refusal = assertThrows(IllegalStateException.class, values::requireAll);
    assertEquals("features never set: f64, colour", refusal.getMessage());
    values.put("f64", Double.NaN);
    values.put("colour", null);
    values.requireAll();
  }

  @Test
  void missingIsOneValue() {
    FeatureValues copy = values.copy();
    values.put(0, Double.NaN);
    values.put(1, Float.NaN);
    values.put(5, "\ue000missing");
    assertEquals(copy, values);
    assertEquals(copy.hashCode(), values.hashCode());
    values.put(0, 1.0);
    assertNotEquals(copy, values);
    assertEquals(Double.NaN, copy.getDouble(0));
    assertEquals(Float.NaN, copy.getFloat(1));
  }
}
