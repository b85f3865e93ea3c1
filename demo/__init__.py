"""Guildesk to try: the sandbox, a customer's page, and the main job, which plays itself."""
