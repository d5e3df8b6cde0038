"""A merger of two schools, inside them: agreeing, handing over, taking in, people of both becoming one."""
