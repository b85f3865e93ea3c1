"""Answers by mail: read from a mailbox, judged, and passed on to the desk."""
