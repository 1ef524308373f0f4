"""Tests of the operator commands about policies/."""
