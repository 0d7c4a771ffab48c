"""The dialogs that ``qt.ask`` opens; each only collects values."""
