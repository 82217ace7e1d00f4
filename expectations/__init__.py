"""Whether a delivery is what was agreed, in the supplier's words: suites built from the delivery contract.

``suites``     what is expected of each file, and each expectation as Great Expectations knows it
``deliveries`` runs the suites over a staged batch and keeps the results
``over_time``  compares a batch with those before it

Great Expectations takes seconds to import, so only functions import it. No result holds a value of a row.
"""
