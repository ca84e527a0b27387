// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import modelport.api.ModelException;

/**
 * Weights that are too large to be part of a library: where their file is, and whether it is the one
 * that was proven. Immutable.
 *
 * @param file the name of the file
 * @param sha256 the hash compiled into the library
 * @param property the system property that names its folder
 * @param variable the environment variable that names its folder
 * @param folder the name of its folder beside the library's jar
 */
public record NetWeights(
    String file, String sha256, String property, String variable, String folder) {
  /**
   * Looks for the file: in the folder that the system property names, else in that of the environment
   * variable, else beside the jar.
   *
   * @param owner a class of the library
   * @return the folder, after the file was read whole and its hash compared
   * @throws ModelException if there is no such file or it is another one
   */
  public Path find(Class<?> owner) {
    String named = System.getProperty(property);
    if (named == null || named.isEmpty()) {
      named = System.getenv(variable);
    }
    if (named != null && !named.isEmpty()) {
      return in(Path.of(named));
    }
    CodeSource source = owner.getProtectionDomain().getCodeSource();
    try {
      // A jar, or the folder of compiled classes.
      Path jar = source == null ? null : Path.of(source.getLocation().toURI()).getParent();
      return in(jar == null ? Path.of(folder) : jar.resolve(folder));
    } catch (URISyntaxException | RuntimeException failure) {
      if (failure instanceof ModelException known) {
        throw known;
      }
      throw missing("the library does not know where it lies", String.valueOf(source), failure);
    }
  }

  /**
   * Takes the file from a folder.
   *
   * @param directory the folder
   * @return the folder, after the file was read whole and its hash compared
   * @throws ModelException if there is no such file or it is another one
   */
  public Path in(Path directory) {
    Path path = directory.resolve(file);
    try (InputStream stream = Files.newInputStream(path)) {
      Resources.verify(stream, sha256, path.toString());
      return directory;
    } catch (IOException failure) {
      String what = Files.exists(path) ? " cannot be read" : " does not exist";
      throw missing(file + what, path.toString(), failure);
    }
  }

  private ModelException missing(String what, String where, Exception failure) {
    return new ModelException(
        "MP402",
        what,
        where,
        "name the folder of "
            + file
            + ", such as that of the bundle: load(Path), -D"
            + property
            + " or "
            + variable,
        failure);
  }
}
