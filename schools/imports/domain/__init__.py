"""What an import means, without Django: recognising sheets, reading rows, and resolving them against what is stored.

`read_import` turns workbooks into rows and refusals; `resolve` turns rows into a plan of inserts and updates. Neither
touches a database, so that a preview and a confirmed import are the same computation.
"""
