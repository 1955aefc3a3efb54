SELECT e.id, e.learner_id, l.name, l.email, e.course_id, c.title, e.status, e.progress,
    e.enrolled_at, e.deadline_day, e.version, (
  SELECT x.wanted_day
  FROM extension_request x
  WHERE x.enrollment_id = e.id
    AND x.state = 'open'
), e.override_seq, l.sort_name
FROM (
  SELECT value AS id
  FROM json_each(:ids)
) d
  CROSS JOIN enrollment e
  CROSS JOIN learner l
  CROSS JOIN course c
WHERE e.id = d.id
  AND l.id = e.learner_id
  AND c.id = e.course_id;
