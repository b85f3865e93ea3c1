"""The widget: a script that pages of apps load, and the frame that it opens."""
