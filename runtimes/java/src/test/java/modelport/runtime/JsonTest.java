// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  @Test
  void readsEveryKindOfValue() {
    Object value = Json.parse(" {\"a\": [1, -2.5e3, true, false, null], \"b\": {}, \"c\" : [] } ");
    assertEquals(
        Map.of("a", Arrays.asList(1L, -2500.0, true, false, null), "b", Map.of(), "c", List.of()),
        value);
  }

  @Test
  void readsEscapesAndLongs() {
    assertEquals(
        "\"\\/\b\f\n\r\t\u00e9\ud83d\ude00",
        Json.parse("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\ud83d\ude00\""));
    assertEquals(Long.MIN_VALUE, Json.parse("-9223372036854775808"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "{", "[1,]", "{\"a\" 1}", "\"a", "\"\\x\"", "\"\\u12", "tru", "1 2", "-"})
  void refusesWhatIsNoJson(String text) {
    assertThrows(IllegalArgumentException.class, () -> Json.parse(text));
  }
}
