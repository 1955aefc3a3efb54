SELECT e.id, l.department, e.grade, e.completed_at, e.last_visit_at, e.origin
FROM (
  SELECT unnest(CAST(%(ids)s AS bigint[])) AS id
) d
  CROSS JOIN enrollment e
  CROSS JOIN learner l
WHERE e.id = d.id
  AND l.id = e.learner_id;
