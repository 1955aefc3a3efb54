SELECT e.id, l.department, e.grade, e.completed_at, e.last_visit_at, e.origin, e.run, e.status,
    e.progress, e.progress_at, e.deadline_day, e.pace, c.n_lessons, e.course_id, (
  SELECT m.name
  FROM learner m
  WHERE m.id = l.manager_id
), (
  SELECT i.name
  FROM account i
  WHERE i.id = e.instructor_id
)
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

SELECT t.course_id, a.name
FROM (
  SELECT value AS id
  FROM json_each(:ids)
) d
  CROSS JOIN course_teacher t
  CROSS JOIN account a
WHERE t.course_id = d.id
  AND a.id = t.account_id;
