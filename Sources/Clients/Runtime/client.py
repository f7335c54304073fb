# The runtime of the Python client.
