"""``mockserver trigger``: what the vendors' pages call an event, made to happen on a running sandbox."""
