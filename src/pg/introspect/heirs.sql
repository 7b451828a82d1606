-- Which relation stands below which: partitions, and tables that inherit.
SELECT i.inhrelid                                                         AS heir,
       i.inhparent                                                        AS parent
  FROM pg_catalog.pg_inherits i
