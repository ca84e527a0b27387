"""What torch's exporter is known to do wrongly, mended in its graph: a file each."""
