"""The Google stand-in, driven by the libraries that talk to Google."""
