"""What venues offer: area, activity area, functions, windows, hours and staff, and what is missing of it."""
