"""What people see: the Qt shell, which shows events and sends intents, and the practice desk."""
