"""Everything reporting can do. Functions compose store, domain and `uow.emit`; they never open or commit."""
