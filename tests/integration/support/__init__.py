"""What the integration tests share: the gateway, origins, clients."""
