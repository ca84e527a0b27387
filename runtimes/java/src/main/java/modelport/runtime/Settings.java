// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.OrtSession.SessionOptions.OptLevel;

/**
 * The session settings that the proof was made with; a session with others may give other last
 * bits.
 *
 * @param intraOpThreads threads inside one operator
 * @param interOpThreads threads across operators
 * @param graphOptimization the optimization level, as the manifest spells it
 */
public record Settings(int intraOpThreads, int interOpThreads, String graphOptimization) {
  SessionOptions options() throws OrtException {
    SessionOptions options = new SessionOptions();
    try {
      options.setIntraOpNumThreads(intraOpThreads);
      options.setInterOpNumThreads(interOpThreads);
      options.setOptimizationLevel(level());
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
      // A spinning thread burns a core between calls and wins nothing with one thread.
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      options.addConfigEntry("session.inter_op.allow_spinning", "0");
      return options;
    } catch (OrtException | RuntimeException failure) {
      options.close();
      throw failure;
    }
  }

  /** The options of this runtime's own one-node graphs. */
  static SessionOptions helperOptions() throws OrtException {
    return new Settings(1, 1, "disable_all").options();
  }

  private OptLevel level() {
    return switch (graphOptimization) {
      case "disable_all" -> OptLevel.NO_OPT;
      case "enable_basic" -> OptLevel.BASIC_OPT;
      case "enable_extended" -> OptLevel.EXTENDED_OPT;
      case "enable_all" -> OptLevel.ALL_OPT;
      default ->
          throw new IllegalArgumentException(
              "unknown graph optimization level '" + graphOptimization + "'");
    };
  }
}
