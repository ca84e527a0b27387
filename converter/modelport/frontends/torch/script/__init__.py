"""TorchScript, traced or scripted: asked as it is, exported by its own exporter or else as an exported program."""
