"""Long computations, beside the program that asks for them: a pool of processes, and what they can be asked for."""
