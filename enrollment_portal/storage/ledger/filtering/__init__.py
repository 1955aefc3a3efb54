"""Read a filtered ledger.

`conditions` turns filters into SQL, each with the index that finds its rows; `candidates` chooses
the index with the fewest rows; `rows` reads a page: from that index, or in the order of the page.
"""
