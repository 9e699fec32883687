"""Windows arrange widgets; they hold no logic."""
