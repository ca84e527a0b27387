// SPDX-License-Identifier: Apache-2.0
package modelport.runtime;

/** The graphs that make_models.py wrote. */
final class Models {
  static final Settings SETTINGS = new Settings(1, 1, "disable_all");

  private Models() {}

  static Contract contract(String name) {
    return ContractReader.read(Resources.read(Models.class, name + ".json"));
  }

  static Engine engine(String name) {
    return engine(name, contract(name));
  }

  static Engine engine(String name, Contract contract) {
    byte[] model = Resources.read(Models.class, name + ".onnx");
    return Engine.open(contract, SETTINGS, model, name + ".onnx");
  }
}
