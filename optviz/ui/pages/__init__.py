"""The pages: each only wires the session's race to core, figures and stage."""
