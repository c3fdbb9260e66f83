"""Training: from bilingual files to a model folder that the engines load.

`prepare` makes a work folder ready (options, corpus, spelling, vocabulary, hinting, encode, shard, plan); `session`
trains what is in it (batches, network, optimiser, loop, validation, export) and imports nothing that a machine with
torch lacks. `finetune` goes from a workspace to a better model (approved, comparison); `lease` does all stages of a
training on a machine that is lent for a while (backtranslate, parcel).
"""
