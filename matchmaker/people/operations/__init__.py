"""Verbs on accounts, organisations and the people in them."""

from matchmaker.people.operations.accounts import (
    ask_reset,
    authenticate,
    change_password,
    create_user,
    mint_reset,
    set_password,
    update_user,
)
from matchmaker.people.operations.members import (
    accept_invitation,
    change_role,
    end_membership,
    invite,
    mint_invitation,
    seat,
    withdraw_invitation,
)
from matchmaker.people.operations.organizations import (
    ask_again,
    decide,
    register,
    sign_up,
    update_organization,
    update_profile,
)

__all__ = [
    "accept_invitation",
    "ask_again",
    "ask_reset",
    "authenticate",
    "change_password",
    "change_role",
    "create_user",
    "decide",
    "end_membership",
    "invite",
    "mint_invitation",
    "mint_reset",
    "register",
    "seat",
    "set_password",
    "sign_up",
    "update_organization",
    "update_profile",
    "update_user",
    "withdraw_invitation",
]
