"""The ways in which each database library is asked: several for each work, the fastest is kept.

Every way is a whole Python program that takes the file from its command line and prints the
first 20 values as tab-separated lines: value and count, and for the works on time the first and
last instant (seconds since 1970) and the peak as well.
"""
