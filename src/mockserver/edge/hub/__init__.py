"""A live hub: SignalR's JSON protocol over WebSockets, as an AsyncAPI document describes it."""
