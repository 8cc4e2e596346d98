"""The named cases: one directory per vendor, one module per subject, one function per case."""
