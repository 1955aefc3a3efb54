"""Read and store what the ledger shows beside its standard columns.

`facts` reads the further columns of a page's rows; `layouts` stores which columns somebody sees.
"""
