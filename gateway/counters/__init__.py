"""Where quotas count: in this process or in a Redis shared by all replicas."""
