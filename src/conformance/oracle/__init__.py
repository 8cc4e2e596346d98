"""What the kit holds to be right, written from the vendors' pages; imports nothing of the kit."""
