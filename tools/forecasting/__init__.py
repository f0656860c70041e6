"""What a forecast needs from data: its time, its series, its step; and what is said and drawn of it."""
