"""A second opinion by a language model: any server that speaks the OpenAI protocol.

`opinion.second_opinion` is the way in. Nothing here is imported while no server is configured,
apart from `service`. The model quotes and judges; points are computed here, by the same rule as
the embedded grader's, and only words that stand in the answer count.
"""
