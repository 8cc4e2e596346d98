"""One file per port, the real one and the fake one side by side."""
