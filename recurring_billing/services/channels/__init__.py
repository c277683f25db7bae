"""Ways to reach a customer, one file each, behind one interface."""
