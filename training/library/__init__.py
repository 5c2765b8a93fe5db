"""Compiles the pair's models into libraries that unmodified web-llm loads."""
