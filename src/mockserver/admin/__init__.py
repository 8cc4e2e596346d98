"""The control plane, on its own port."""
