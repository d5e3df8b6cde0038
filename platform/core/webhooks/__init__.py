"""Events sent to other programmes' addresses: signed, repeated until taken, with ids alone in them."""
