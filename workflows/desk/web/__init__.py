"""The desk in a browser and over HTTP: pages without script, and an API, both around the same actions."""
