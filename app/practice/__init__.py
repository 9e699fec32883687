"""The practice desk: a real Qt window that knows whether its task was done, and the generator of training samples."""
