"""One pane of the window a file; panes read the session, draw and send events, and do not know each other."""
