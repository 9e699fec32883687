"""The mind: what thinks. The Protocol, the process that holds a model, its client, and minds that need no model."""
