"""The verbs of the `deskhand` command, one file each: `add(parser)` declares its options, `go(options)` does it."""
