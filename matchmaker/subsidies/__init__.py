"""The mature-product subsidy, from application to claw-back; and a calculator that shows how it is counted."""
