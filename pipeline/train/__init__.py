"""Training: from bilingual files to a model folder that the engines load.

`prepare` makes a work folder ready (options, corpus, spelling, vocabulary, hinting, encode, shard, plan); `session`
trains what is in it (batches, network, loop, validation, export) and imports nothing that a machine with torch lacks.
`python -m pipeline.train` needs no workspace.
"""
