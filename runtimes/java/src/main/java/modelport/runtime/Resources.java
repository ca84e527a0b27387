// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import modelport.api.ModelException;

/** Reads the files that a library is made of and compares them with the hashes compiled into it. */
public final class Resources {
  private Resources() {}

  /**
   * Reads a resource beside a class.
   *
   * @param owner the class
   * @param name path relative to the class' package
   * @return its bytes
   * @throws ModelException if it is missing or cannot be read
   */
  public static byte[] read(Class<?> owner, String name) {
    String where = "resource " + owner.getPackageName().replace('.', '/') + "/" + name;
    try (InputStream stream = owner.getResourceAsStream(name)) {
      if (stream == null) {
        throw unreadable("there is no " + name, where, null);
      }
      return stream.readAllBytes();
    } catch (IOException failure) {
      throw unreadable(name + " cannot be read", where, failure);
    }
  }

  /**
   * Reads a file.
   *
   * @param file its path
   * @return its bytes
   * @throws ModelException if it is missing or cannot be read
   */
  public static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException failure) {
      String what = Files.exists(file) ? "cannot be read" : "does not exist";
      throw unreadable(file.getFileName() + " " + what, file.toString(), failure);
    }
  }

  /**
   * Returns the bytes when they are the ones that the generated code was made for.
   *
   * @param bytes what was read
   * @param sha256 the hash compiled into the library
   * @param where where they were read
   * @return the same bytes
   * @throws ModelException if they are others
   */
  public static byte[] verified(byte[] bytes, String sha256, String where) {
    check(hex(digest().digest(bytes)), sha256, where);
    return bytes;
  }

  /** Reads a stream to its end and throws a ModelException when its bytes have another hash. */
  static void verify(InputStream stream, String sha256, String where) throws IOException {
    MessageDigest digest = digest();
    byte[] piece = new byte[1 << 20];
    for (int count = stream.read(piece); count >= 0; count = stream.read(piece)) {
      digest.update(piece, 0, count);
    }
    check(hex(digest.digest()), sha256, where);
  }

  private static void check(String found, String sha256, String where) {
    if (!found.equals(sha256)) {
      throw new ModelException(
          "MP401",
          "the file is not the one this library was generated for: sha256 "
              + found
              + ", not "
              + sha256,
          where,
          "take file and library from the same bundle, or generate the library again",
          null);
    }
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError("every Java platform has SHA-256", impossible);
    }
  }

  private static ModelException unreadable(String what, String where, Throwable cause) {
    return new ModelException(
        "MP402", what, where, "take the file again from the bundle or the library's jar", cause);
  }
}
