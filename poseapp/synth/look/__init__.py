"""How people look: skin, hair, clothes, fabrics, shoes."""
