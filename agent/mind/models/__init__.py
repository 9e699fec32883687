"""The models on this machine: looked up on a hub, fetched whole, checked, kept on a shelf."""
