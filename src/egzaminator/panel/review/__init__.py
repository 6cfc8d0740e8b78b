"""What waits for somebody at the board: its kinds, each declared once, their counts, the list, and what staff do."""
