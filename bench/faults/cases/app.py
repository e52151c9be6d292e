"""What handlers do: they raise, leak, return nothing or somebody else's."""

from bench.faults.case import Case, overcome

APP = (
    overcome(
        "a handler that raises",
        "every twelfth call raises, which ends the stream",
        app="faulty",
        endpoint="raise_sometimes",
        says=("the model saw no face",),
        fates=("failed", "delivered"),
    ),
    overcome(
        "a handler that leaks",
        "every call keeps 2 MB",
        app="faulty",
        endpoint="leak",
        deploys=True,
        options=("--duration", "6s"),
        says=("memory",),
    ),
    Case(
        "a handler that returns None",
        "no call returns a picture",
        app="faulty",
        endpoint="forget",
        says=("showed a picture: viewers see nothing",),
    ),
    Case(
        "another viewer's picture",
        "every call returns what came before, whoever sent it",
        app="faulty",
        endpoint="mix_up",
        says=("another viewer's picture",),
    ),
)
