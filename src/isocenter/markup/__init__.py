"""What all pages of ours share: text that can be shown, data for scripts, frame and looks."""
