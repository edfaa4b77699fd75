class ExternalShutdownException(Exception):
    """SIGTERM."""
