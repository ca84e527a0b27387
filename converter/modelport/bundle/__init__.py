"""The bundle on disk: manifest, seal, reader, writer."""
