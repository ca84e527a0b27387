// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NetTextsTest {
  private static String[] through(String[] texts, long... shape) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (NetTexts reader = NetTexts.open(environment);
        TextTensor tensor = NetTensor.of(texts, shape).textTensor(environment)) {
      return reader.read(tensor.tensor());
    }
  }

  private static void assertCarried(String[] texts, long... shape) throws OrtException {
    assertArrayEquals(texts, through(texts, shape));
  }

  @Test
  void plainTextsOfEveryRank() throws OrtException {
    String[] texts = {"", "a", "b c ", "\u00e9", "\uff9f\ufff0", "\u6771\u4eac"};
    assertCarried(texts, 6);
    assertCarried(texts, 3, 2);
    assertCarried(texts, 1, 3, 1, 2);
    assertCarried(new String[] {"one"});
    assertCarried(new String[0], 0);
    assertCarried(new String[0], 0, 3);
  }

  @Test
  void charactersThatJniCannotCarry() throws OrtException {
    String[] texts = {
      "", "\0", "a\0b", "tail\0", "\ud83d\udc4d\ud83c\udffd", "x\ud800\udc00y", "\udbff\udfff", "plain"
    };
    assertCarried(texts, 8);
    assertCarried(texts, 2, 4);
    assertCarried(new String[] {"\0"});
    assertCarried(new String[] {"\ud83d\udc4d"});
  }

  @Test
  void everyPlaneIsCarried() throws OrtException {
    List<String> texts = new ArrayList<>();
    for (int code = 0x10000; code <= 0x10FFFF; code += 257) {
      texts.add("<" + Character.toString(code) + ">");
    }
    assertCarried(texts.toArray(new String[0]), texts.size());
  }

  @Test
  void wordsOfThePlaceholdersAreTexts() throws OrtException {
    assertCarried(new String[] {"odd", "none", "oddnone\0", "odd"}, 4);
  }

  @Test
  void fourBytesAreFoundFromTheirHash() {
    for (int code = 0x10000; code <= 0x10FFFF; code += 1009) {
      byte[] bytes = Character.toString(code).getBytes(StandardCharsets.UTF_8);
      int block = Integer.reverseBytes(ByteBuffer.wrap(bytes).getInt());
      assertEquals(block, Murmur3.block(Murmur3.hash(bytes, 0, 4)));
    }
  }
}
