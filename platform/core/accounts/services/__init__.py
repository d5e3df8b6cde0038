"""Acts on accounts, one function per act: authorise, lock, change, record."""
