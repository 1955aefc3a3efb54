"""The enrollment portal: the master ledger of an organization's learning."""
