// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads JSON that modelport wrote itself. Objects become {@code Map<String, Object>}, arrays {@code
 * List<Object>}, numbers {@code Long} when they have neither point nor exponent and {@code Double}
 * otherwise.
 */
final class Json {
  private final String text;
  private int at;

  private Json(String text) {
    this.text = text;
  }

  /** Parses one document; IllegalArgumentException names the position of the first fault. */
  static Object parse(String text) {
    Json json = new Json(text);
    Object value = json.value();
    json.blanks();
    if (json.at != text.length()) {
      throw json.fault("text after the end");
    }
    return value;
  }

  private Object value() {
    blanks();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> string();
      case 't' -> word("true", Boolean.TRUE);
      case 'f' -> word("false", Boolean.FALSE);
      case 'n' -> word("null", null);
      default -> number();
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    expect('{');
    if (closes('}')) {
      return members;
    }
    do {
      blanks();
      String key = string();
      blanks();
      expect(':');
      members.put(key, value());
    } while (continues('}'));
    return members;
  }

  private List<Object> array() {
    List<Object> items = new ArrayList<>();
    expect('[');
    if (closes(']')) {
      return items;
    }
    do {
      items.add(value());
    } while (continues(']'));
    return items;
  }

  private boolean closes(char end) {
    blanks();
    if (peek() == end) {
      at++;
      return true;
    }
    return false;
  }

  private boolean continues(char end) {
    if (closes(end)) {
      return false;
    }
    expect(',');
    return true;
  }

  private String string() {
    expect('"');
    StringBuilder result = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return result.toString();
      }
      result.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        if (at + 4 > text.length()) {
          throw fault("a cut escape");
        }
        at += 4;
        yield (char) Integer.parseInt(text, at - 4, at, 16);
      }
      default -> throw fault("an unknown escape");
    };
  }

  private Object number() {
    int start = at;
    while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    String digits = text.substring(start, at);
    if (digits.isEmpty()) {
      throw fault("no value");
    }
    boolean whole = digits.chars().noneMatch(c -> c == '.' || c == 'e' || c == 'E');
    if (whole) {
      return Long.valueOf(digits);
    }
    return Double.valueOf(digits);
  }

  private Object word(String expected, Object value) {
    if (!text.startsWith(expected, at)) {
      throw fault("no value");
    }
    at += expected.length();
    return value;
  }

  private void blanks() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw fault("the end of the text");
    }
    return text.charAt(at);
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private void expect(char c) {
    if (next() != c) {
      at--;
      throw fault("no '" + c + "'");
    }
  }

  private IllegalArgumentException fault(String what) {
    return new IllegalArgumentException("JSON: " + what + " at character " + at);
  }
}
