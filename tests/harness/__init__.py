"""What tests share: repositories in named states, and the ways to kill a process at a chosen moment."""
