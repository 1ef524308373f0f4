"""Looks at a deployment from where it runs and names everything that is not as it should be. Changes nothing."""
