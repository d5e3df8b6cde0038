"""What a mentor has been taught before he works with somebody."""
