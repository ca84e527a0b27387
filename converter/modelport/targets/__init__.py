"""Languages: render(bundle) gives the files of a source project."""
