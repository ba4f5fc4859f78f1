"""What the lessons of Digits to Crystals import.

Every module is one idea and can be read on its own; start with `digits` or `checks`.
Importing this package costs next to nothing: TensorFlow, Keras and Matplotlib are
loaded by the functions that need them, when they are called.
"""
