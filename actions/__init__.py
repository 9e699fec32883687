"""What can be done to a desktop: geometry, frames, actions, their parsing, their guard and the machine itself."""
