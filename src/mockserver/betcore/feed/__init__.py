"""The feed: games played on the vendor's tables, read over REST and streamed by the live hub."""
