"""Installing a release on a server, bringing the server to the next one, and back."""
