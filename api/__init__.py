"""What client apps and trusted backends see: REST and Socket.IO, over the desk."""
