"""Patterns: the library that comes with the program, the user's own, and which one a log has.

``model`` is the record, ``known`` and ``user`` are where records come from, ``compile`` makes one
ready to match, ``resolve`` says what ``-p``, ``--by``, ``--where`` and ``--sum`` mean together, and
``detect`` finds the pattern of a log from its first lines.
"""
