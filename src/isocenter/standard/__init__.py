"""The Standard's own facts: tags, VRs, UIDs and the dictionary (PS3.5, PS3.6)."""
