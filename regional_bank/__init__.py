"""The regional mentor bank. Never sees a pupil."""
