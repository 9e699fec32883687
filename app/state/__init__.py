"""Observable models of what goes on: the run, its steps, its frames. No widgets."""
