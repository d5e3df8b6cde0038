"""What a region's installation is made of: containers, web server, workers, proxy."""
