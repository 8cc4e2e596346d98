"""``mockserver send``: one signed call of a vendor's, without a running sandbox and without any state."""
