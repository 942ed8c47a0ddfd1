"""What is in the attributes of files: checked against the Standard, counted over archives."""
