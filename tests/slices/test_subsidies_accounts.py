"""The account of a case: no order of claims, changes, cuts and refunds breaks what must always hold."""

from datetime import date
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.rulebook import reference
from matchmaker.rulebook.amounts import Approval
from matchmaker.rulebook.refunds import Item
from matchmaker.subsidies import accounts
from matchmaker.subsidies.accounts import Account
from matchmaker.subsidies.states import ClaimKind, EntryKind

SCHEME = reference.scheme("mature-2019@1")
ON = date(2024, 3, 15)


def approved(total=1_000_000, subsidy=900_000):
    return Approval(total, subsidy), Account.of([(EntryKind.APPROVED, subsidy)])


def test_the_account_is_the_sum_of_its_entries():
    account = Account.of(
        [
            (EntryKind.APPROVED, 900_000),
            (EntryKind.PAID, 500_000),
            (EntryKind.PAID, 100_000),
            (EntryKind.REDUCED, 50_000),
            (EntryKind.REFUND_DUE, 30_000),
            (EntryKind.RETURNED, 10_000),
            (EntryKind.INTEREST_DUE, 12),
        ]
    )
    assert (account.limit, account.held, account.owed, account.owed_interest) == (
        850_000,
        590_000,
        20_000,
        12,
    )
    assert account.payable == 260_000


def test_a_decrease_after_payment_goes_back_in_the_ratio():
    """C6: 1,000,000 / 900,000, received 900,000, new total 800,000: entitlement 720,000, refund 180,000."""
    approval, account = approved()
    paid = accounts.claim(SCHEME, ON, approval, account, kind=ClaimKind.FIRST, cost=1_000_000)
    account = account.and_(paid.postings)
    found = accounts.change(SCHEME, ON, approval, account, new_total=800_000)
    assert (found.amount, found.refund) == (720_000, 180_000)
    after = account.and_(found.postings)
    assert (after.limit, after.owed, after.held) == (720_000, 180_000, 900_000)


def test_a_refund_is_asked_for_once():
    """Q-10: what is owed already is not asked for again by the settlement."""
    approval, account = approved()
    account = account.and_(
        accounts.claim(SCHEME, ON, approval, account, kind=ClaimKind.FIRST, cost=1_000_000).postings
    )
    account = account.and_(accounts.change(SCHEME, ON, approval, account, new_total=800_000).postings)
    settled = accounts.claim(SCHEME, ON, approval, account, kind=ClaimKind.FINAL, cost=700_000)
    assert (settled.amount, settled.refund) == (0, 90_000)
    after = account.and_(settled.postings)
    assert (after.owed, after.limit) == (270_000, 630_000)


def test_the_final_instalment_is_the_remainder():
    """C4: 420,000 / 378,000, 105,000 spent in year one: 94,500, then 283,500."""
    approval, account = approved(420_000, 378_000)
    first = accounts.claim(SCHEME, ON, approval, account, kind=ClaimKind.FIRST, cost=105_000)
    account = account.and_(first.postings)
    final = accounts.claim(SCHEME, ON, approval, account, kind=ClaimKind.FINAL, cost=420_000)
    assert (first.amount, final.amount) == (94_500, 283_500)
    assert account.and_(final.postings).payable == 0


def test_a_part_of_the_stop_and_all_of_the_claw_back_are_independent():
    """R-089: the two scales do not depend on each other."""
    _approval, account = approved()
    account = account.and_([(EntryKind.PAID, 400_000)])
    found = accounts.revocation(SCHEME, account, stop="part", stop_amount=100_000, claw_back="none")
    assert (found.amount, found.refund, account.and_(found.postings).payable) == (100_000, 0, 400_000)
    found = accounts.revocation(SCHEME, account, stop="none", claw_back="all")
    after = account.and_(found.postings)
    assert (found.amount, found.refund, after.owed) == (0, 400_000, 400_000)


steps = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), st.sampled_from(ClaimKind), st.integers(0, 6_000_000)),
        st.tuples(st.just("change"), st.integers(1, 6_000_000), st.none()),
        st.tuples(st.just("cut"), st.sampled_from(["0", "0.1", "0.333", "1"]), st.none()),
        st.tuples(st.just("repay"), st.integers(1, 100), st.none()),
        st.tuples(st.just("terminate"), st.booleans(), st.integers(0, 100)),
        st.tuples(
            st.just("revoke"),
            st.sampled_from(["none", "part", "all"]),
            st.sampled_from(["none", "part", "all"]),
        ),
    ),
    max_size=12,
)


@settings(max_examples=400, deadline=None)
@given(total=st.integers(1, 6_000_000), percent=st.integers(1, 100), taken=steps)
def test_no_order_of_claims_changes_and_refunds_breaks_the_invariant(total, percent, taken):
    """0 <= paid - returned <= approved <= ceiling <= cap, and no more is ever owed than is held."""
    ceiling = accounts.amounts.ceiling(SCHEME, ON, eligible=total, tier=2).ceiling
    subsidy = max(1, ceiling * percent // 100)
    approval = Approval(max(total, subsidy), subsidy)
    account = Account.of([(EntryKind.APPROVED, subsidy)])
    for name, first, second in taken:
        if name == "claim":
            postings = accounts.claim(SCHEME, ON, approval, account, kind=first, cost=second).postings
        elif name == "change":
            postings = accounts.change(SCHEME, ON, approval, account, new_total=first).postings
        elif name == "cut":
            postings = accounts.cut(SCHEME, ON, account, method="pro_rata", share=first).postings
        elif name == "terminate":
            items = [Item(total, Fraction(second, 100))]
            postings = accounts.termination(
                SCHEME, ON, approval, account, force_majeure=first, items=items
            ).postings
        elif name == "revoke":
            postings = accounts.revocation(
                SCHEME,
                account,
                stop=first,
                stop_amount=max(0, account.limit - account.paid) // 2,
                claw_back=second,
                claw_back_amount=account.held // 2,
            ).postings
        else:
            amount = account.owed * first // 100
            postings = accounts.repay(account, amount=amount, interest=0) if amount else ()
        assert all(amount > 0 for _kind, amount in postings)
        account = account.and_(postings)
        assert 0 <= account.held <= account.approved <= max(1, ceiling) <= SCHEME.cap(ON)
        assert 0 <= account.owed <= account.held
        assert 0 <= account.reduced <= account.approved
