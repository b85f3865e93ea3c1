"""The stores behind the ports: SQLite for one machine, MongoDB for any size."""
