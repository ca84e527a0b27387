// SPDX-License-Identifier: Apache-2.0
package modelport.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import modelport.runtime.Answer;
import modelport.runtime.Contract;
import modelport.runtime.DataType;

/**
 * Writes answers as .npy files, so that another program can compare them: status.npy,
 * status_feature.npy and one file for each output.
 */
public final class AnswerDump {
  private final Contract contract;
  private final List<Answer> answers;

  public AnswerDump(Contract contract, List<Answer> answers) {
    this.contract = contract;
    this.answers = answers;
  }

  /** Writes all files into a folder, which is made when there is none. */
  public void write(Path folder) {
    try {
      Files.createDirectories(folder);
      ByteBuffer status = buffer(answers.size());
      answers.forEach(answer -> status.put((byte) answer.status().ordinal()));
      Files.write(folder.resolve("status.npy"), NpyFile.of("|u1", shape(true, 1), status));
      ByteBuffer feature = buffer(answers.size() * Integer.BYTES);
      answers.forEach(answer -> feature.putInt(feature(answer)));
      Files.write(folder.resolve("status_feature.npy"), NpyFile.of("<i4", shape(true, 1), feature));
      for (int i = 0; i < contract.outputs().size(); i++) {
        Contract.Output output = contract.outputs().get(i);
        Files.write(
            folder.resolve(output.name() + ".npy"),
            output.label() ? labels(i, output) : numbers(i, output));
      }
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private int feature(Answer answer) {
    String reason = answer.reason();
    int name = answer.status().text().length() + ": ".length();
    return reason.length() < name ? -1 : contract.featureIndex(reason.substring(name));
  }

  private byte[] labels(int index, Contract.Output output) {
    ByteBuffer cells = buffer(answers.size() * output.width() * Integer.BYTES);
    for (Answer answer : answers) {
      for (int column = 0; column < output.width(); column++) {
        cells.putInt(Answer.classIndex(answer.outputs().get(index), output, column));
      }
    }
    return NpyFile.of("<i4", shape(output.scalar(), output.width()), cells);
  }

  private byte[] numbers(int index, Contract.Output output) {
    boolean single = output.dtype() == DataType.FLOAT32;
    ByteBuffer cells =
        buffer(answers.size() * output.width() * (single ? Float.BYTES : Double.BYTES));
    for (Answer answer : answers) {
      for (int column = 0; column < output.width(); column++) {
        double value = Answer.number(answer.outputs().get(index), column);
        if (single) {
          cells.putFloat((float) value);
        } else {
          cells.putDouble(value);
        }
      }
    }
    return NpyFile.of(single ? "<f4" : "<f8", shape(output.scalar(), output.width()), cells);
  }

  private String shape(boolean scalar, int width) {
    return answers.size() + "," + (scalar ? "" : " " + width);
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
