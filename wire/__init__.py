"""What travels: tickets, messages and events as the API, sockets and webhooks show them."""
