"""The Cloud Gate: the control plane's front door of one region."""
