"""The smallest service there can be, for tests of what every service gets from common."""
