"""One visible thing each; they know state, never workers."""
