"""The room of the glossary's editors: what they ask, what they change, and what a change does.

`desk` has the use cases, `commands` the command line. Finding terms in articles is no business of this room.
"""
