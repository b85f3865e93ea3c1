"""Guildesk to try: the sandbox, a customer's account, and the main job, which plays itself."""
