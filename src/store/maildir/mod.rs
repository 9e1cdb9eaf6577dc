//! Mail in a tree of Maildirs.
