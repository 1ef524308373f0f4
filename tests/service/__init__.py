"""Tests of the service, module by module; where HTTP matters, over real HTTP."""
