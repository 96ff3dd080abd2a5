"""Weekly availability: windows, time zones, and the hours two people share."""
