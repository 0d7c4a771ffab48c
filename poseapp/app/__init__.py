"""State of the open window without Qt: session, layers, tools, actions, settings."""
