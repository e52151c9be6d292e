"""What keeps viewers out: logins and certificates."""

from functools import partial

from bench.faults.case import Case
from bench.faults.fault import Fault

_AUTH = ("--auth-env", "FAULTS_LOGIN")

_login = partial(Case, app="with_login", endpoint="")

DOOR = (
    _login(
        "login required",
        "the app wants a login and none was given",
        exit_code=4,
        says=("wants a login", "--auth-env"),
        reported=False,
    ),
    _login(
        "wrong password",
        "the password is wrong",
        options=_AUTH,
        environment={"FAULTS_LOGIN": "ada:babbage"},
        exit_code=4,
        says=("refuses this user and password",),
        reported=False,
    ),
    _login(
        "session expired midway",
        "from the second second on the login is forgotten",
        (Fault("forget login", from_s=2),),
        options=_AUTH,
        environment={"FAULTS_LOGIN": "ada:lovelace"},
        says=("HTTP 401",),
        fates=("rejected", "delivered"),
    ),
    Case(
        "TLS with a bad certificate",
        "the certificate is signed by nobody known",
        tls=True,
        exit_code=4,
        says=("certificate that cannot be verified",),
        reported=False,
    ),
)
